module resolve

go 1.26
