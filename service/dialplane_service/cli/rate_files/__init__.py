"""Price lists as files: text in any usual encoding and dialect, and XLSX, as rows of cells."""
