module parser

go 1.26
