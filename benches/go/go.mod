module example.com/gomend/evidence

go 1.26
