"""What people hold in their hands: numbers that can be read out, letters in PDF, spreadsheets, and files kept."""
