"""Many pages as one run: find them, clean what is new or changed, in several processes, and put the folder
together. What is done stays done: a run that is killed, started again, goes on where it was.
"""
