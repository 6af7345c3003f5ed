"""Reading: files and pages of many formats, each by a module of its own, into drafts of stories."""
