"""Two versions compared, and what is different said in words: who can newly do what, first."""
