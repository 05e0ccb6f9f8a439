"""The stages of one page, in the order the pipeline runs them: values in, edits and decisions out."""
