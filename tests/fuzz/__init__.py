"""Answers of both servers, spoilt: only errors of ours may come of them."""
