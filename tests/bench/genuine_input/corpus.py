"""All traces that training and evaluation use. Written to a folder once."""

from entries import Corpus
from human_entries import add_desks, add_loops_and_mixtures, add_other_hands, add_people
from scripted_entries import add_after_people, add_program, add_scripts, add_slow


def build(folder, people, program=None, fits=8, tests=4, loops_each=12, mixtures_each=5):
    corpus = Corpus(folder / "traces")
    add_people(corpus, people)
    add_desks(corpus, people)
    add_scripts(corpus, fits, tests)
    add_after_people(corpus, people, fits - 2, tests)
    add_slow(corpus)
    add_loops_and_mixtures(corpus, people, loops_each, mixtures_each)
    if program:
        add_program(corpus, program, folder)
    add_other_hands(corpus, people)
    return corpus
