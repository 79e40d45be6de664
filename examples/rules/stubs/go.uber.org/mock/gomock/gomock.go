package gomock

type TestReporter interface{ Fatalf(string, ...any) }

type Controller struct{}

func NewController(t TestReporter) *Controller { return &Controller{} }
func (*Controller) Finish()                    {}
