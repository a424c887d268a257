"""From a spreadsheet to a folder of pictures: upload, check, test run, run, download."""

from pages.parts.batch.list import draw_batches
from pages.parts.batch.progress import draw_batch, watched_batch
from pages.parts.batch.upload import draw_upload
from pages.parts.shared import session

session.enter_page("batch")
watched = watched_batch()
if watched is not None:
    draw_batch(watched)
else:
    draw_upload()
    draw_batches()
