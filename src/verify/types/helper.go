// Answers questions about types from sources alone: packages are listed by go,
// parsed, and checked without the function bodies of what nobody asks about.
// Nothing is compiled, and no code of the tree runs.
//
// It reads a request from the file that its only argument names and writes the
// answers to standard output, both as JSON.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

type request struct {
	Go        string            // the go command
	Lists     [][]string        // arguments of each `go list`
	Overlay   map[string]string // file -> what to read in its place
	Arch      string            // GOARCH of the build
	MaxBytes  uint64            // heap bytes that end the run
	Questions []question
}

type question struct {
	File       string
	Start, End int
	Kind       string // "type", "name", "member", "constant", "zero", "interface"
	Name       string // of kind "name": what is visible at Start
	Relation   string // "is", "pointed", "underlying", "implements", "constant"
	Type       string
	Imports    map[string]string // name in Type -> import path
}

type answer struct {
	Is   string // "yes", "no", "value", "unlisted", "unknown"
	Text string `json:",omitempty"`
}

type response struct {
	Answers []answer
	// The directories of all packages that the answers about a file depend on.
	Dirs  map[string][]string
	Error string `json:",omitempty"`
}

type listed struct {
	Dir, ImportPath, Name, ForTest             string
	GoFiles, CgoFiles, Imports, IgnoredGoFiles []string
	ImportMap                                  map[string]string
	Module                                     *struct{ GoVersion string }
	Error                                      *struct{ Err string }
	Incomplete                                 bool

	index   int
	root    bool
	asked   map[string][]int // file -> questions
	files   []*ast.File
	parsed  chan struct{}
	checked chan struct{}
	pkg     *types.Package
	problem string
}

func main() {
	out := response{Answers: []answer{}, Dirs: map[string][]string{}}
	if err := run(&out); err != nil {
		out.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		os.Exit(1)
	}
}

func run(out *response) error {
	if len(os.Args) != 2 {
		return errors.New("one argument is needed: the file of the request")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	var asked request
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	if asked.MaxBytes > 0 {
		go watch(asked.MaxBytes)
	}
	all, err := list(&asked)
	if err != nil {
		return err
	}
	w := newWorld(&asked, all)
	w.work()
	out.Answers = w.answers
	out.Dirs = w.dirs()
	return nil
}

// watch ends the program before it takes the memory of others.
func watch(most uint64) {
	debug.SetMemoryLimit(int64(most / 4 * 3))
	for {
		time.Sleep(100 * time.Millisecond)
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		if now.HeapAlloc > most {
			fmt.Println(`{"Error":"more memory is needed than the types of these packages may take"}`)
			os.Exit(0)
		}
	}
}

// list asks go for the packages, those that others import first.
func list(asked *request) ([]*listed, error) {
	var all []*listed
	known := map[string]bool{}
	for _, args := range asked.Lists {
		cmd := exec.Command(asked.Go, args...)
		var words bytes.Buffer
		cmd.Stderr = &words
		out, err := cmd.Output()
		dec := json.NewDecoder(bytes.NewReader(out))
		found := 0
		for {
			p := &listed{}
			if e := dec.Decode(p); e == io.EOF {
				break
			} else if e != nil {
				return nil, e
			}
			found++
			// The generated program of a test is nobody's question.
			if known[p.ImportPath] || p.Name == "main" && strings.HasSuffix(p.ImportPath, ".test") {
				continue
			}
			known[p.ImportPath] = true
			p.index = len(all)
			p.asked = map[string][]int{}
			p.parsed, p.checked = make(chan struct{}), make(chan struct{})
			all = append(all, p)
		}
		if err != nil && found == 0 {
			return nil, errors.New("go list: " + firstLine(words.String(), err.Error()))
		}
	}
	return all, nil
}

func firstLine(text, otherwise string) string {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return otherwise
}

type world struct {
	asked   *request
	all     []*listed
	byPath  map[string]*listed
	fset    *token.FileSet
	sizes   types.Sizes
	mu      sync.Mutex
	answers []answer
	methods map[int]*types.Func // questions that need all packages
}

func newWorld(asked *request, all []*listed) *world {
	w := &world{
		asked:   asked,
		all:     all,
		byPath:  map[string]*listed{},
		fset:    token.NewFileSet(),
		sizes:   types.SizesFor("gc", asked.Arch),
		answers: make([]answer, len(asked.Questions)),
		methods: map[int]*types.Func{},
	}
	byFile := map[string][]int{}
	for i, q := range asked.Questions {
		byFile[filepath.Clean(q.File)] = append(byFile[filepath.Clean(q.File)], i)
		w.answers[i] = answer{Is: "unlisted"}
	}
	for _, p := range all {
		w.byPath[p.ImportPath] = p
		for _, file := range p.paths() {
			questions := byFile[file]
			// What a test variant shares with the package is answered there.
			if len(questions) == 0 || p.ForTest != "" && !strings.HasSuffix(file, "_test.go") && w.hasPlain(p) {
				continue
			}
			p.root = true
			p.asked[file] = questions
		}
	}
	return w
}

// hasPlain says whether the package that a test variant was made of is known.
func (w *world) hasPlain(p *listed) bool {
	plain := w.byPath[strings.SplitN(p.ImportPath, " ", 2)[0]]
	return plain != nil && len(plain.GoFiles)+len(plain.CgoFiles) > 0
}

func (p *listed) paths() []string {
	var paths []string
	for _, names := range [][]string{p.GoFiles, p.CgoFiles} {
		for _, name := range names {
			if !filepath.IsAbs(name) {
				name = filepath.Join(p.Dir, name)
			}
			paths = append(paths, name)
		}
	}
	return paths
}

// work parses and checks all packages, a few at a time and in their order, so that what a
// package imports is there when it is needed, and lets go of their trees.
func (w *world) work() {
	workers := runtime.GOMAXPROCS(0)
	// So many packages are parsed ahead of those that are checked.
	room := make(chan struct{}, 16*workers)
	parse := make(chan *listed)
	check := make(chan *listed, len(w.all))
	for _, p := range w.all {
		check <- p
	}
	close(check)
	go func() {
		for _, p := range w.all {
			room <- struct{}{}
			parse <- p
		}
		close(parse)
	}()
	var group sync.WaitGroup
	for i := 0; i < workers; i++ {
		group.Add(2)
		go func() {
			defer group.Done()
			for p := range parse {
				w.parse(p)
				close(p.parsed)
			}
		}()
		go func() {
			defer group.Done()
			for p := range check {
				<-p.parsed
				for _, path := range p.Imports {
					// Only what stands before: a cycle of a broken package waits for nobody.
					if q := w.imported(p, path); q != nil && q.index < p.index {
						<-q.checked
					}
				}
				w.check(p)
				p.files = nil
				close(p.checked)
				<-room
			}
		}()
	}
	group.Wait()
	for i, method := range w.methods {
		w.answers[i] = w.satisfied(method)
	}
}

func (w *world) imported(p *listed, path string) *listed {
	if to := p.ImportMap[path]; to != "" {
		path = to
	}
	return w.byPath[path]
}

func (w *world) parse(p *listed) {
	for _, path := range p.paths() {
		from := path
		if other, ok := w.asked.Overlay[path]; ok {
			from = other
		}
		text, err := os.ReadFile(from)
		if err != nil {
			p.note(err.Error())
			continue
		}
		file, err := parser.ParseFile(w.fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			p.note(err.Error())
		}
		if file == nil {
			continue
		}
		if !p.root {
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok {
					f.Body = nil
				}
			}
		}
		p.files = append(p.files, file)
	}
}

// note keeps the first reason why something of the package may not be known.
func (p *listed) note(problem string) {
	if p.problem == "" {
		p.problem = firstLine(problem, "")
	}
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }

func (w *world) check(p *listed) {
	defer func() {
		// A tree that the checker cannot take gives no answers.
		if fault := recover(); fault != nil {
			p.note(fmt.Sprint("the checker gave up: ", fault))
			w.silent(p)
		}
	}()
	if p.ImportPath == "unsafe" {
		p.pkg = types.Unsafe
		return
	}
	if p.Error != nil {
		p.note(p.Error.Err)
	}
	config := types.Config{
		IgnoreFuncBodies: !p.root,
		FakeImportC:      true,
		Sizes:            w.sizes,
		Error:            func(err error) { p.note(err.Error()) },
		Importer: importer(func(path string) (*types.Package, error) {
			q := w.imported(p, path)
			if q == nil || q.index >= p.index || q.pkg == nil {
				return nil, errors.New("package " + path + " is not there")
			}
			return q.pkg, nil
		}),
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		config.GoVersion = "go" + p.Module.GoVersion
	}
	info := &types.Info{}
	if p.root {
		info = &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{},
			Uses:  map[*ast.Ident]types.Object{},
			Defs:  map[*ast.Ident]types.Object{},
		}
	}
	path := strings.SplitN(p.ImportPath, " ", 2)[0]
	p.pkg, _ = config.Check(path, w.fset, p.files, info)
	if p.root {
		w.answer(p, info)
	}
}

// silent answers what nobody can.
func (w *world) silent(p *listed) {
	for _, questions := range p.asked {
		for _, i := range questions {
			w.set(i, unknown(p.problem))
		}
	}
}

func unknown(why string) answer { return answer{Is: "unknown", Text: why} }

func yes(holds bool) answer {
	if holds {
		return answer{Is: "yes"}
	}
	return answer{Is: "no"}
}

func (w *world) set(i int, a answer) {
	w.mu.Lock()
	w.answers[i] = a
	w.mu.Unlock()
}

func (w *world) answer(p *listed, info *types.Info) {
	for _, file := range p.files {
		place := w.fset.File(file.Package)
		questions := p.asked[place.Name()]
		if len(questions) == 0 {
			continue
		}
		wanted := map[[2]int][]int{}
		for _, i := range questions {
			q := w.asked.Questions[i]
			if q.Kind == "name" {
				w.set(i, w.named(p, place, q))
				continue
			}
			w.set(i, unknown("there is no expression"))
			span := [2]int{q.Start, q.End}
			wanted[span] = append(wanted[span], i)
		}
		if len(wanted) == 0 {
			continue
		}
		done := map[int]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok || !n.Pos().IsValid() {
				return true
			}
			for _, i := range wanted[[2]int{place.Offset(n.Pos()), place.Offset(n.End())}] {
				// The outermost of those that begin and end together.
				if !done[i] {
					done[i] = true
					w.set(i, w.expression(p, info, e, i))
				}
			}
			return true
		})
	}
}

// named answers about what a name means at a place.
func (w *world) named(p *listed, place *token.File, q question) answer {
	if q.Start > place.Size() {
		return unknown("there is no such place")
	}
	pos := place.Pos(q.Start)
	scope := p.pkg.Scope().Innermost(pos)
	if scope == nil {
		return unknown("there is no scope")
	}
	_, object := scope.LookupParent(q.Name, pos)
	v, ok := object.(*types.Var)
	if !ok {
		return answer{Is: "no"}
	}
	return w.relation(p, v.Type(), q)
}

func (w *world) expression(p *listed, info *types.Info, e ast.Expr, i int) answer {
	q := w.asked.Questions[i]
	if q.Kind == "interface" {
		return w.method(p, info, e, i)
	}
	tv, ok := info.Types[e]
	if id, isIdent := e.(*ast.Ident); !ok && isIdent {
		if object := info.ObjectOf(id); object != nil {
			switch object := object.(type) {
			case *types.Var:
				tv, ok = types.TypeAndValue{Type: object.Type()}, true
				return w.judge(p, tv, true, q)
			case *types.TypeName:
				tv.Type, ok = object.Type(), true
			}
		}
	}
	if !ok || tv.Type == nil {
		return unknown(p.why())
	}
	return w.judge(p, tv, tv.IsValue(), q)
}

func (p *listed) why() string {
	if p.problem != "" {
		return p.problem
	}
	return "the checker did not come here"
}

func (w *world) judge(p *listed, tv types.TypeAndValue, value bool, q question) answer {
	switch q.Kind {
	case "constant":
		if invalid(tv.Type) {
			return unknown(p.why())
		}
		if tv.Value == nil {
			return answer{Is: "no"}
		}
		return constantText(tv.Value)
	case "zero":
		return w.zero(p, tv.Type)
	}
	if tv.IsNil() {
		return answer{Is: "no"}
	}
	if !value {
		if invalid(tv.Type) {
			return unknown(p.why())
		}
		return answer{Is: "no"}
	}
	if q.Relation == "constant" {
		if invalid(tv.Type) {
			return unknown(p.why())
		}
		if tv.Value == nil {
			return answer{Is: "no"}
		}
	}
	return w.relation(p, tv.Type, q)
}

func constantText(value constant.Value) answer {
	switch value.Kind() {
	case constant.String:
		return answer{Is: "value", Text: strconv.Quote(constant.StringVal(value))}
	case constant.Bool, constant.Int:
		return answer{Is: "value", Text: value.ExactString()}
	case constant.Float:
		f, _ := constant.Float64Val(value)
		return answer{Is: "value", Text: strconv.FormatFloat(f, 'g', -1, 64)}
	}
	return answer{Is: "no"}
}

// zero says how the zero value of a type is written: as itself, or by what stands behind
// the type ("{}") or around it ("new").
func (w *world) zero(p *listed, t types.Type) answer {
	if invalid(t) {
		return unknown(p.why())
	}
	if _, ok := t.(*types.TypeParam); ok {
		return answer{Is: "value", Text: "new"}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsNumeric != 0:
			return answer{Is: "value", Text: "0"}
		case u.Info()&types.IsString != 0:
			return answer{Is: "value", Text: `""`}
		case u.Info()&types.IsBoolean != 0:
			return answer{Is: "value", Text: "false"}
		}
		return answer{Is: "value", Text: "nil"}
	case *types.Struct, *types.Array:
		return answer{Is: "value", Text: "{}"}
	case *types.Tuple:
		return answer{Is: "no"}
	}
	return answer{Is: "value", Text: "nil"}
}

// memberOf says whether the member of that name of t is one of the type wanted itself.
func memberOf(t, wanted types.Type, pkg *types.Package, name string) bool {
	object, index, _ := types.LookupFieldOrMethod(t, true, pkg, name)
	if object == nil {
		return false
	}
	holder := t
	for _, at := range index[:len(index)-1] {
		s, ok := behind(holder).Underlying().(*types.Struct)
		if !ok {
			break
		}
		holder = s.Field(at).Type()
	}
	if f, ok := object.(*types.Func); ok {
		if recv := f.Type().(*types.Signature).Recv(); recv != nil {
			holder = recv.Type()
		}
	}
	return types.Identical(origin(holder), origin(wanted))
}

func behind(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// origin is the type without a pointer and without type arguments.
func origin(t types.Type) types.Type {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := t.(*types.Named); ok {
		return named.Origin()
	}
	return t
}

// invalid says whether a part of a type is not known.
func invalid(t types.Type) bool {
	return t == nil || strings.Contains(types.TypeString(t, nil), "invalid type")
}

func (w *world) relation(p *listed, t types.Type, q question) answer {
	if invalid(t) {
		return unknown(p.why())
	}
	if _, ok := t.(*types.Tuple); ok {
		return answer{Is: "no"}
	}
	expr, err := parser.ParseExpr(q.Type)
	if err != nil {
		return unknown(q.Type + " is no type")
	}
	b := builder{w: w, p: p, imports: q.Imports}
	wanted := b.build(expr)
	if b.fault != "" {
		if b.absent && (q.Relation == "is" || q.Relation == "pointed" || q.Relation == "constant") {
			// What is in no package that this one knows is the type of nothing here.
			return answer{Is: "no"}
		}
		return unknown(b.fault)
	}
	if q.Kind == "member" {
		return yes(memberOf(t, wanted, p.pkg, q.Name))
	}
	switch q.Relation {
	case "is", "constant":
		return yes(types.Identical(t, wanted))
	case "pointed":
		return yes(types.Identical(t, wanted) || types.Identical(t, types.NewPointer(wanted)))
	case "underlying":
		if param, ok := t.(*types.TypeParam); ok {
			return yes(allTerms(param, func(term types.Type) bool {
				return types.Identical(term.Underlying(), wanted.Underlying())
			}))
		}
		return yes(types.Identical(t.Underlying(), wanted.Underlying()))
	case "implements":
		face, ok := wanted.Underlying().(*types.Interface)
		if !ok {
			return unknown(q.Type + " is no interface")
		}
		if types.Implements(t, face) {
			return answer{Is: "yes"}
		}
		if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			return answer{Is: "no"}
		}
		if embedsUnknown(t, 0) {
			return unknown(p.why())
		}
		return answer{Is: "no"}
	}
	return unknown("nobody knows the relation " + q.Relation)
}

// allTerms says whether all types that a type parameter may be satisfy a condition.
func allTerms(param *types.TypeParam, holds func(types.Type) bool) bool {
	face, ok := param.Constraint().Underlying().(*types.Interface)
	if !ok {
		return false
	}
	terms := 0
	for i := 0; i < face.NumEmbeddeds(); i++ {
		union, ok := face.EmbeddedType(i).(*types.Union)
		if !ok {
			continue
		}
		for j := 0; j < union.Len(); j++ {
			terms++
			if !holds(union.Term(j).Type()) {
				return false
			}
		}
	}
	return terms > 0
}

// embedsUnknown says whether methods may come from a field whose type is not known.
func embedsUnknown(t types.Type, depth int) bool {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := 0; i < u.NumFields() && depth < 8; i++ {
			f := u.Field(i)
			if f.Embedded() && (invalid(f.Type()) || embedsUnknown(f.Type(), depth+1)) {
				return true
			}
		}
	case *types.Interface:
		for i := 0; i < u.NumEmbeddeds(); i++ {
			if invalid(u.EmbeddedType(i)) {
				return true
			}
		}
	}
	return false
}

// builder makes a type of what a rule writes, as a package sees it.
type builder struct {
	w       *world
	p       *listed
	imports map[string]string
	fault   string
	absent  bool
}

func (b *builder) fail(why string, absent bool) types.Type {
	if b.fault == "" {
		b.fault, b.absent = why, absent
	}
	return types.Typ[types.Invalid]
}

func (b *builder) build(e ast.Expr) types.Type {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return b.build(e.X)
	case *ast.StarExpr:
		return types.NewPointer(b.build(e.X))
	case *ast.ArrayType:
		if e.Len == nil {
			return types.NewSlice(b.build(e.Elt))
		}
		if n, ok := e.Len.(*ast.BasicLit); ok {
			if length, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
				return types.NewArray(b.build(e.Elt), length)
			}
		}
		return b.fail("the length of an array is written as a number", false)
	case *ast.MapType:
		return types.NewMap(b.build(e.Key), b.build(e.Value))
	case *ast.ChanType:
		direction := types.SendRecv
		if e.Dir == ast.SEND {
			direction = types.SendOnly
		} else if e.Dir == ast.RECV {
			direction = types.RecvOnly
		}
		return types.NewChan(direction, b.build(e.Value))
	case *ast.FuncType:
		params, variadic := b.tuple(e.Params)
		results, _ := b.tuple(e.Results)
		return types.NewSignatureType(nil, nil, nil, params, results, variadic)
	case *ast.InterfaceType:
		if e.Methods.NumFields() == 0 {
			return types.NewInterfaceType(nil, nil)
		}
	case *ast.StructType:
		if e.Fields.NumFields() == 0 {
			return types.NewStruct(nil, nil)
		}
	case *ast.Ident:
		if object, ok := types.Universe.Lookup(e.Name).(*types.TypeName); ok {
			return object.Type()
		}
		if b.p.pkg != nil {
			if object, ok := b.p.pkg.Scope().Lookup(e.Name).(*types.TypeName); ok {
				return object.Type()
			}
		}
		return b.fail("there is no type "+e.Name+" in this package", true)
	case *ast.SelectorExpr:
		return b.qualified(e)
	case *ast.IndexExpr:
		return b.instance(e.X, []ast.Expr{e.Index})
	case *ast.IndexListExpr:
		return b.instance(e.X, e.Indices)
	}
	return b.fail("a rule cannot ask for such a type", false)
}

func (b *builder) qualified(e *ast.SelectorExpr) types.Type {
	name, ok := e.X.(*ast.Ident)
	if !ok {
		return b.fail("a rule cannot ask for such a type", false)
	}
	path := b.imports[name.Name]
	q := b.w.imported(b.p, path)
	if strings.SplitN(b.p.ImportPath, " ", 2)[0] == path {
		q = b.p
	}
	if q != nil && q != b.p {
		if q.index > b.p.index {
			return b.fail(path+" is no package that this one knows", true)
		}
		<-q.checked
	}
	if q == nil || q.pkg == nil {
		return b.fail(path+" is not there", true)
	}
	object, ok := q.pkg.Scope().Lookup(e.Sel.Name).(*types.TypeName)
	if !ok {
		return b.fail(path+" has no type "+e.Sel.Name, q.problem == "")
	}
	return object.Type()
}

func (b *builder) instance(generic ast.Expr, arguments []ast.Expr) types.Type {
	base, ok := b.build(generic).(*types.Named)
	if !ok || b.fault != "" {
		return b.fail("it takes no type arguments", false)
	}
	var all []types.Type
	for _, argument := range arguments {
		all = append(all, b.build(argument))
	}
	t, err := types.Instantiate(nil, base, all, true)
	if err != nil {
		return b.fail(err.Error(), false)
	}
	return t
}

func (b *builder) tuple(fields *ast.FieldList) (*types.Tuple, bool) {
	if fields == nil {
		return nil, false
	}
	var vars []*types.Var
	variadic := false
	for _, field := range fields.List {
		e := field.Type
		if rest, ok := e.(*ast.Ellipsis); ok {
			variadic = true
			e = &ast.ArrayType{Elt: rest.Elt}
		}
		t := b.build(e)
		count := len(field.Names)
		if count == 0 {
			count = 1
		}
		for i := 0; i < count; i++ {
			vars = append(vars, types.NewVar(token.NoPos, nil, "", t))
		}
	}
	return types.NewTuple(vars...), variadic
}

// method keeps a method whose interfaces are looked for when all packages are known.
func (w *world) method(p *listed, info *types.Info, e ast.Expr, i int) answer {
	id, ok := e.(*ast.Ident)
	if !ok {
		return unknown("this is no method")
	}
	method, ok := info.Defs[id].(*types.Func)
	if !ok {
		return unknown(p.why())
	}
	receiver := method.Type().(*types.Signature).Recv()
	if receiver == nil || invalid(receiver.Type()) {
		return unknown(p.why())
	}
	w.mu.Lock()
	w.methods[i] = method
	w.mu.Unlock()
	return unknown("it was not looked for")
}

// satisfied names an interface that the type of a method satisfies by it: of a module, or
// of a package of the standard library that the method's own imports.
func (w *world) satisfied(method *types.Func) answer {
	t := method.Type().(*types.Signature).Recv().Type()
	if _, ok := t.(*types.Pointer); !ok {
		t = types.NewPointer(t)
	}
	near := map[string]bool{"io": true, "fmt": true, "encoding": true, "encoding/json": true, "sort": true}
	for _, imported := range method.Pkg().Imports() {
		near[imported.Path()] = true
	}
	for _, q := range w.all {
		if q.pkg == nil || q.Module == nil && !near[q.ImportPath] {
			continue
		}
		for _, name := range q.pkg.Scope().Names() {
			object, ok := q.pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok {
				continue
			}
			face, ok := object.Type().Underlying().(*types.Interface)
			if ok && hasMethod(face, method.Name()) && types.Implements(t, face) {
				return answer{Is: "value", Text: q.ImportPath + "." + name}
			}
		}
	}
	signature := types.ObjectString(method, func(*types.Package) string { return "" })
	if method.Name() == "Error" && strings.HasSuffix(signature, ".Error() string") {
		return answer{Is: "value", Text: "error"}
	}
	return answer{Is: "no"}
}

func hasMethod(face *types.Interface, name string) bool {
	for i := 0; i < face.NumMethods(); i++ {
		if face.Method(i).Name() == name {
			return true
		}
	}
	return false
}

// dirs tells of each package that was asked about where the sources are that its answers
// depend on. One that lacks something depends on what nobody can name, and is left out.
func (w *world) dirs() map[string][]string {
	found := map[string][]string{}
	for _, p := range w.all {
		if !p.root || p.Incomplete || p.Error != nil {
			continue
		}
		seen := map[*listed]bool{}
		dirs := map[string]bool{}
		var visit func(q *listed)
		visit = func(q *listed) {
			if seen[q] {
				return
			}
			seen[q] = true
			if q.Dir != "" && q.Module != nil || q == p {
				dirs[q.Dir] = true
			}
			for _, path := range q.Imports {
				if to := w.imported(q, path); to != nil {
					visit(to)
				}
			}
		}
		visit(p)
		for dir := range dirs {
			found[p.Dir] = append(found[p.Dir], dir)
		}
		sort.Strings(found[p.Dir])
	}
	return found
}
