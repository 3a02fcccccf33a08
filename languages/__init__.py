"""The product's words in Dutch, French, German and English."""
