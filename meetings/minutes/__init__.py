"""
Minutes: the record as documents for people (会议记录, 会议纪要, 表决结果公告, 签到表).

`build` makes of the entries what happened, `draft` holds what the clerk adds, `forms` put both into
Chinese words as lists of blocks, and three renderers write the blocks down: as one HTML page that
prints well, as DOCX, and as PDF. Who signed what is in the record: see `meetings.signoff`.
"""
