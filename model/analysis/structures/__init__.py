"""The structure of the model as a question: what does the base case say in every structure that its inputs allow?"""
