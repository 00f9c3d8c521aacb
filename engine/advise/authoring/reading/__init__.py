"""A knowledge base for readers: what each rule, fact and conclusion says, rests on and leads to."""
