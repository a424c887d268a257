"""From a spreadsheet to a folder of pictures: upload, check, pilot, run, take away."""

from pages.parts.batch_list import draw_batches
from pages.parts.batch_upload import draw_upload
from pages.parts.batch_watch import draw_batch, watched_batch

watched = watched_batch()
if watched is not None:
    draw_batch(watched)
else:
    draw_upload()
    draw_batches()
