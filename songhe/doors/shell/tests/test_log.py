from songhe.doors.shell.log import scrubbed


def test_log_lines_lose_id_and_telephone_numbers():
    assert scrubbed("id 37079919420307002X tel 13812345678 case 3707992026040001") == (
        "id [id-number] tel [phone] case 3707992026040001"
    )
