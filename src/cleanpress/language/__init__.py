"""The project's own language model of characters: train it, load it, ask it.

>>> from cleanpress.language import LanguageModel
>>> model = LanguageModel.load()
>>> model.continuation(["记者从市气象"], ["局了解到", "总的来说"]).argmax()
np.int64(0)
"""

from cleanpress.language.ngram import LanguageModel

__all__ = ["LanguageModel"]
