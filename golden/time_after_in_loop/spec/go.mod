module gomend.example/spec

go 1.26

require github.com/onsi/ginkgo/v2 v2.0.0

replace github.com/onsi/ginkgo/v2 => ./stub/ginkgo
