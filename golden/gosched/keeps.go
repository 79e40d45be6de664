package gosched

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var ready atomic.Bool

func waitsForFlag() {
	for !ready.Load() {
		runtime.Gosched() // keeps: waits
	}
}

func waitsAndCounts() (rounds int) {
	for !ready.Load() {
		rounds++
		if rounds%100 == 0 {
			runtime.Gosched() // keeps: waits
		}
	}
	return rounds
}

type queue struct {
	mu    sync.Mutex
	items []int
	head  atomic.Pointer[int]
	done  bool
	turn  int
}

func (q *queue) pop() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return 0, false
	}
	last := q.items[len(q.items)-1]
	q.items = q.items[:len(q.items)-1]
	return last, true
}

// Counterexample 2: a pop that is tried again.
func drains(q *queue, wanted int) (sum int) {
	for sum < wanted {
		v, ok := q.pop()
		if !ok {
			runtime.Gosched() // keeps: waits
			continue
		}
		sum += v
	}
	return sum
}

func drainsInRange(q *queue) (sum int) {
	for range 1000 {
		if v, ok := q.pop(); ok {
			sum += v
		} else {
			runtime.Gosched() // keeps: contended
		}
	}
	return sum
}

// Counterexample 2: goto makes a loop too.
func swaps(q *queue, next *int) {
retry:
	old := q.head.Load()
	if !q.head.CompareAndSwap(old, next) {
		runtime.Gosched() // keeps: waits
		goto retry
	}
}

// Counterexample 2: a back-off helper.
func relax(round int) {
	if round%10 == 0 {
		runtime.Gosched() // keeps: back-off
	}
}

func relaxes() {
	for i := 0; !ready.Load(); i++ {
		relax(i)
		burn(scratch, i)
	}
}

var scratch []int

func burn(room []int, rounds int) {
	for i := range room {
		room[i] = rounds
		runtime.Gosched() // keeps: back-off
	}
}

func waitSchedule() { runtime.Gosched() } // keeps: back-off

var yield = func() {
	runtime.Gosched() // keeps: back-off
}

func (q *queue) tries() {
	for {
		if q.mu.TryLock() {
			break
		}
		runtime.Gosched() // keeps: waits
	}
	defer q.mu.Unlock()
	for range q.items {
		runtime.Gosched() // keeps: left-empty
	}
}

func (q *queue) polls() bool {
	for i := range 100 {
		if q.done {
			return true
		}
		q.turn = i
		runtime.Gosched() // keeps: waits
	}
	return false
}

func selects(stop <-chan bool, out []int) {
	for i := 0; i < len(out); i++ {
		select {
		case <-stop:
			return
		default:
			runtime.Gosched() // keeps: contended
		}
		out[i] = i
	}
}

func fills(ch chan int) (rounds int) {
	for rounds = 0; len(ch) < cap(ch); rounds += 2 {
		runtime.Gosched() // keeps: waits
	}
	return rounds
}

func settles(out []int) {
	for i := 0; runtime.NumGoroutine() > 1; i++ {
		out[i%len(out)]++
		runtime.Gosched() // keeps: waits
	}
}

func server(work func() int) (sum int) {
	for {
		sum += work()
		runtime.Gosched() // keeps: waits
	}
}

func straight() int {
	n := len(scratch)
	runtime.Gosched() // keeps: hands-over
	return n - len(scratch)
}

func inLiteral(xs []int) {
	for _, x := range xs {
		func() {
			scratch = append(scratch, x)
			runtime.Gosched() // keeps: hands-over
		}()
	}
}

// Counterexample 21: a division by zero would no longer panic.
func every(xs []int, every int) (sum int) {
	for i, x := range xs {
		sum += x
		if i%every == 0 {
			runtime.Gosched() // keeps: condition-may-panic
		}
	}
	return sum
}

func indexed(xs, marks []int) (sum int) {
	for i, x := range xs {
		sum += x
		if marks[i] == 0 {
			runtime.Gosched() // keeps: condition-may-panic
		}
		if mark := marks[i]; mark > 0 {
			runtime.Gosched() // keeps: condition-may-panic
		}
	}
	return sum
}

func clauses(xs []int) (sum int) {
	for i, x := range xs {
		switch {
		case x > 0:
			sum += x
		case i%2 == 0:
			runtime.Gosched() // keeps: left-empty
		}
		if x > 1 {
			runtime.Gosched() // keeps: left-empty
		} else if x < 0 {
			sum--
		}
	}
	return sum
}

func posts(xs []int) (sum int) {
	for i := 0; i < len(xs); runtime.Gosched() { // keeps: in-slot
		sum += xs[i]
		i++
	}
	return sum
}

func labels(turns int) (sum int) {
	for i := range turns {
		sum += i
	turn:
		runtime.Gosched() // keeps: in-slot
		sum /= 2
		if sum > 100 {
			goto turn
		}
	}
	return sum
}

func delays(n int) {
	x := uint32(1)
	for i := range n {
		x = x*1664525 + 1013904223
		if i%8 == 0 {
			runtime.Gosched() // keeps: passes-time
		}
	}
}

func pauses(turns int) int {
	n := 0
	for i := 0; i < turns; i++ {
		n++
		runtime.Gosched() // keeps: passes-time
	}
	return n
}

func waitsOutside(xs []int) (sum int) {
	for !ready.Load() {
		for i, x := range xs {
			sum += x
			if i%100 == 0 {
				runtime.Gosched() // keeps: waits
			}
		}
	}
	return sum
}

func times(xs []int) (sum int) {
	for begin := time.Now(); time.Since(begin) < time.Second; {
		sum += len(xs)
		runtime.Gosched() // keeps: waits
	}
	return sum
}

// The declaration of the variable that a leaf function reads is a short one.
var state int

func stateKnown() bool { return state > 0 }

func asks() (sum int) {
	for i := range 100 {
		if stateKnown() {
			return i
		}
		sum += i
		runtime.Gosched() // keeps: waits
	}
	return sum
}

func (q *queue) steps(xs []int) (sum int) {
	for i := 0; i < len(xs); i++ {
		if xs[i] == 0 && q.done {
			i--
			runtime.Gosched() // keeps: waits
			continue
		}
		sum += xs[i]
	}
	return sum
}

// A bounded spin, before a wait that blocks: the count is of attempts.
func spinsAWhile(data <-chan int) int {
	for i := 0; i < 16; i++ {
		select {
		case v := <-data:
			return v
		default:
			runtime.Gosched() // keeps: waits
		}
	}
	return <-data
}

func attempts(q *queue, use func(int)) bool {
	for try := range 100 {
		v, ok := q.pop()
		if ok {
			use(v)
			return true
		}
		if try > 10 {
			runtime.Gosched() // keeps: waits
		}
	}
	return false
}

func (q *queue) pushes(item int) {
	for round := 0; ; round++ {
		if q.mu.TryLock() {
			q.items = append(q.items, item)
			q.mu.Unlock()
			return
		}
		if round > 4 {
			runtime.Gosched() // keeps: waits
		}
	}
}

// It yields for the other side to fill the channel: then it takes more at once.
func batches(jobs <-chan int, flush func([]int)) {
	var batch []int
	for {
		batch = append(batch, <-jobs)
		if len(jobs) == 0 {
			runtime.Gosched() // keeps: contended
		}
		if len(jobs) > 0 {
			continue
		}
		flush(batch)
		batch = batch[:0]
	}
}

func blocksOrPolls(jobs <-chan int, urgent chan int, use func(int)) {
	for {
		select {
		case v := <-urgent:
			use(v)
			continue
		default:
		}
		select {
		case v := <-jobs:
			use(v)
		default:
			runtime.Gosched() // keeps: waits
		}
	}
}

// The lock is let go for those who wait for it.
func (q *queue) letsIn(xs []int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, x := range xs {
		q.items = append(q.items, x)
		q.mu.Unlock()
		runtime.Gosched() // keeps: hands-over
		q.mu.Lock()
	}
}

func testHook(q *queue, xs []int) {
	for _, x := range xs {
		q.items = append(q.items, x)
		if q.done {
			// Makes a race more likely.
			runtime.Gosched() // keeps: test-code
		}
	}
}

func restarts(q *queue) {
	go q.tries()
	runtime.Gosched() // keeps: hands-over
	q.done = true
}

type entry struct {
	closed chan struct{}
	ended  chan struct{}
	work   chan int
}

func (e *entry) done() <-chan struct{} { return e.ended }

func (e *entry) end() { close(e.work) }

// Once done is closed the receive never blocks again.
func (q *queue) claims(find func() *entry) {
	q.mu.Lock()
	for {
		x := find()
		if x == nil {
			break
		}
		q.mu.Unlock()
		// The goroutine that has ended x still has to take it out of the table,
		// and for that it needs the lock, so give way to it here.
		runtime.Gosched() // keeps: hands-over
		<-x.done()
		q.mu.Lock()
	}
	q.mu.Unlock()
}

func claimsWithoutLock(find func() *entry) {
	for {
		x := find()
		if x == nil {
			return
		}
		runtime.Gosched() // keeps: waits
		<-x.done()
	}
}

func claimsByField(find func() *entry) {
	for x := find(); x != nil; x = find() {
		runtime.Gosched() // keeps: waits
		<-x.closed
	}
}

// The package closes it.
func claimsByClose(find func() *entry) {
	for x := find(); x != nil; x = find() {
		runtime.Gosched() // keeps: waits
		<-x.work
	}
}

// A case that stays ready and does not leave makes the select return at once.
func selectsAgain(ctx context.Context, left func() int, use func(int)) {
	jobs := make(chan int)
	for left() > 0 {
		select {
		case job := <-jobs:
			use(job)
		case <-ctx.Done():
			use(0)
		}
		runtime.Gosched() // keeps: waits
	}
	for left() > 0 {
		select {
		case job := <-jobs:
			use(job)
		case <-ctx.Done():
			use(1)
			runtime.Gosched() // keeps: waits
		}
	}
}

type dispatcher interface{ Throughput() int }

// The mailbox gives way when its budget is used up.
func (q *queue) handles(d dispatcher, use func(int)) {
	i, t := 0, d.Throughput()
	for {
		if i > t {
			i = 0
			runtime.Gosched() // keeps: fairness-budget
		}
		i++
		item, ok := q.pop()
		if !ok {
			return
		}
		use(item)
	}
}

func (q *queue) handlesUpTo(budget int, use func(int)) {
	left := budget
	for {
		item, ok := q.pop()
		if !ok {
			return
		}
		use(item)
		left--
		if left == 0 {
			left = budget
			runtime.Gosched() // keeps: fairness-budget
		}
	}
}

func (q *queue) handlesTurns(xs []int) (sum int) {
	n := 0
	for _, x := range xs {
		sum += x
		if n++; n >= q.turn {
			runtime.Gosched() // keeps: fairness-budget
		}
	}
	return sum
}

func (q *queue) PopMany(most int) ([]int, bool) { return nil, most > 0 }

func (q *queue) drainsMany(use func(int)) {
	for {
		items, ok := q.PopMany(16)
		if !ok {
			return
		}
		for _, item := range items {
			use(item)
		}
		runtime.Gosched() // keeps: batches
	}
}

// The finalizers get their turn.
func frees(steps []func()) {
	for _, step := range steps {
		step()
		runtime.GC()
		runtime.Gosched() // keeps: after-collection
		debug.FreeOSMemory()
		// Then the cleanups.
		runtime.Gosched() // keeps: after-collection
	}
}

func Settles(t testing.TB, xs []int) (sum int) {
	t.Helper()
	for _, x := range xs {
		sum += x
		runtime.Gosched() // keeps: test-code
	}
	return sum
}

// Another goroutine takes what the batch holds.
func sharedBatch(m map[string]int, mu *sync.Mutex, use func([]int)) {
	var batch []int
	go func() {
		mu.Lock()
		use(batch)
		batch = batch[:0]
		mu.Unlock()
	}()
	for _, v := range m {
		mu.Lock()
		batch = append(batch, v)
		mu.Unlock()
		if len(batch) > 100 {
			runtime.Gosched() // keeps: contended
		}
	}
}

// The variable only holds what is asked elsewhere.
func asksEachTime(m map[string]int, q *queue, use func(int)) {
	var waiting []int
	for _, v := range m {
		use(v)
		waiting = q.items
		if len(waiting) > 100 {
			runtime.Gosched() // keeps: contended
		}
	}
}
