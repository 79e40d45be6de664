package numcpu

import (
	"fmt"
	"log"
	"math"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
)

func bench(b *testing.B) {
	_ = make(chan int, runtime.NumCPU()) // keeps: test-code
	fmt.Println(b.N)
}

func both() {
	slots := make(chan int, runtime.NumCPU()) // keeps: beside-gomaxprocs
	log.Print(cap(slots), runtime.GOMAXPROCS(0))
}

func machine(wanted int) error {
	n := runtime.NumCPU() // keeps: host-capacity
	if wanted > n {
		return fmt.Errorf("only %d", n)
	}
	slots := make(chan int, n)
	log.Print(cap(slots))
	return nil
}

func pinned(jobs <-chan int) {
	for range runtime.NumCPU() { // keeps: pins-threads
		go func() {
			runtime.LockOSThread()
			log.Print(<-jobs)
		}()
	}
}

func twice(jobs <-chan int) {
	done := make(chan int, runtime.NumCPU()) // keeps: buffers
	for range runtime.NumCPU() {             // advice: asked-twice
		go func() { done <- <-jobs }()
	}
}

func factor() {
	slots := make(chan int, 2*runtime.NumCPU()) // keeps: has-a-factor
	log.Print(cap(slots))
}

func half() {
	workers := runtime.NumCPU() / 2 // keeps: has-a-factor
	log.Print(newPool(workers))
}

func adjustLimit(n int) int {
	return n * int(math.Floor(float64(runtime.NumCPU())*.8)) // keeps: has-a-factor
}

func bounded(n int) {
	lines := make(chan int, min(n, runtime.NumCPU())) // keeps: buffers
	log.Print(cap(lines))
}

type config struct {
	Workers int
	Copiers int
	NumCPU  int
}

func fields(c *config) config {
	c.Workers = runtime.NumCPU()                   // advice: asked-twice
	c.Copiers = min(c.Copiers, 2*runtime.NumCPU()) // keeps: has-a-factor
	return config{Workers: 4}
}

func literal() config {
	return config{Workers: runtime.NumCPU()} // advice: asked-twice
}

var maxOpenConns = max(16, 4*runtime.NumCPU()) // keeps: waits

var defaultWorkers = runtime.NumCPU() // advice: stored

func workers() int {
	return runtime.NumCPU() // advice: stored
}

func described() {
	// To limit the number of open files.
	slots := make(chan int, runtime.NumCPU()) // advice: explained
	log.Print(cap(slots))
}

func stepping(jobs <-chan int) {
	for i := 0; i < runtime.NumCPU(); i += 2 { // advice: read-each-round
		go func() { log.Print(<-jobs, i) }()
	}
}

// A place more in a buffer costs no processor.
var lines = make(chan string, runtime.NumCPU()) // keeps: buffers

func buffers(jobs []func() error) error {
	errs := make(chan error, runtime.NumCPU())    // keeps: buffers
	quit := make(chan struct{}, runtime.NumCPU()) // keeps: buffers
	log.Print(len(errs), len(quit), len(jobs))
	return <-errs
}

func wide() *crew {
	const queue = 1024
	log.Print(newPool(runtime.NumCPU() * queue))               // keeps: has-a-factor
	return &crew{queue: make(chan int, runtime.NumCPU()*1024)} // keeps: buffers
}

type uploader struct{ Concurrency int }

func uploads() *uploader {
	return &uploader{Concurrency: runtime.NumCPU()} // keeps: waits
}

func (c *config) download(urls []string) {
	limit := runtime.NumCPU() // keeps: waits
	for range limit {
		go func() { log.Print(urls) }()
	}
}

// No finding: what sets GOMAXPROCS belongs to another rule.
func sets(jobs <-chan int) {
	n := runtime.NumCPU()
	runtime.GOMAXPROCS(n)
	for range n {
		go func() { log.Print(<-jobs) }()
	}
}

// No findings: it is shown, compared, counted through, divided by, or a value.
func shows() map[string]string {
	log.Print(runtime.NumCPU())
	info := config{NumCPU: runtime.NumCPU()}
	for cpu := 0; cpu < runtime.NumCPU(); cpu++ {
		log.Print(cpu, info)
	}
	return map[string]string{"cpus": strconv.Itoa(runtime.NumCPU())}
}

func compares(wanted int) bool { return wanted > runtime.NumCPU() }

func quota(nano int64) int64 { return nano / int64(runtime.NumCPU()) }

func counts() func() int { return runtime.NumCPU }

func cpuQuota(period int64) int64 {
	cores := runtime.NumCPU()
	var cpuQuota int64
	cpuQuota = period * int64(cores)
	return cpuQuota
}

type fake struct{}

func (fake) NumCPU() int { return 1 }

func shadowed(runtime fake) chan int { return make(chan int, runtime.NumCPU()) }

type crew struct {
	queue  chan int
	shards []int
	done   chan struct{}
}

func newCrew() *crew {
	return &crew{shards: make([]int, runtime.NumCPU()), done: make(chan struct{})}
}

// The others would wait for more, or have fewer places.
func (c *crew) start() {
	for i := 0; i < runtime.NumCPU(); i++ { // advice: asked-twice
		go func() {
			c.shards[i]++
			c.done <- struct{}{}
		}()
	}
}

func (c *crew) stop() {
	for i := 0; i < runtime.NumCPU(); i++ {
		<-c.done
	}
}

var finished = make(chan struct{})

func begin() {
	for range runtime.NumCPU() { // advice: asked-twice
		go func() { finished <- struct{}{} }()
	}
}

func end() {
	for range runtime.NumCPU() {
		<-finished
	}
}

func clause(jobs <-chan int) {
	for i := 0; i < /* all */ runtime.NumCPU(); i++ { // advice: read-each-round
		go func() { log.Print(<-jobs, i) }()
	}
}

// No findings: limits of something else.
func memory() float64 {
	debug.SetMemoryLimit(int64(runtime.NumCPU()) << 30)
	memLimit := int64(runtime.NumCPU()) << 30
	debug.SetMemoryLimit(memLimit)
	rateLimit := float64(runtime.NumCPU())
	return rateLimit
}

// Each processor has its number in the channel.
func numbered() chan int {
	workers := runtime.NumCPU() // keeps: host-capacity
	free := make(chan int, workers)
	for i := 0; i < workers; i++ {
		free <- i
	}
	return free
}

// A place for twice as many is a size of its own.
func atMost(blocks uint64) {
	threads := blocks
	if cpus := runtime.NumCPU(); threads > uint64(cpus) { // keeps: has-a-factor
		threads = uint64(cpus)
	}
	done := make(chan struct{}, threads*2)
	for i := uint64(0); i < threads; i++ {
		go func() { done <- struct{}{} }()
	}
}

// It is compared in each turn.
func counting(jobs <-chan int) {
	for i := 1; i <= runtime.NumCPU(); i++ { // advice: read-each-round
		go func() { log.Print(<-jobs) }()
	}
}

// The share of a processor is an account of the machine.
func account(usage float64, jobs <-chan int) {
	workers := runtime.NumCPU() // keeps: host-capacity
	for range workers {
		go func() { log.Print(<-jobs) }()
	}
	log.Print(usage / float64(workers))
}

// decode uses up to n goroutines. If n is 0, runtime.NumCPU will be used.
func decode(n int, jobs <-chan int) {
	if n == 0 {
		n = runtime.NumCPU() // advice: explained
	}
	for range n {
		go func() { log.Print(<-jobs) }()
	}
}

// A clamp by a multiple of the number has a factor.
func cappedByHalf(n int, jobs <-chan int) {
	if half := runtime.NumCPU() / 2; half < n { // keeps: has-a-factor
		n = half
	}
	for range n {
		go func() { log.Print(<-jobs) }()
	}
}

// More is refused.
func tooMany(workers int, jobs <-chan int) {
	cpus := runtime.NumCPU() // keeps: host-capacity
	if workers > cpus {
		log.Fatal("too many")
	}
	for range cpus {
		go func() { log.Print(<-jobs) }()
	}
}
