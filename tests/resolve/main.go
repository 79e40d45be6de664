// Resolve type-checks Go packages and prints what each identifier means, so
// that a resolver that works by syntax can be compared with go/types.
//
// Each line of the input is a directory, checked as a package together with its
// tests, or a .go file, checked by itself. Instead of a package with errors it
// prints "E error", unless they are unused variables or imports, or names that
// only exist in the test variant of an imported package: those go unlisted. For
// each file it prints "F path", then for each identifier "offset meaning":
//
//	L12    the local declared at offset 12 of the same file
//	T12    the package-level declaration at offset 12 of the same file
//	Ipath  the import of path
//	O      something declared outside the file
//	-      a field, method, label or init function, which no scope declares
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

var (
	fset    = token.NewFileSet()
	sources types.Importer
	out     = bufio.NewWriterSize(os.Stdout, 1<<20)
)

func main() {
	// The source importer would otherwise run cgo for net and os/user.
	build.Default.CgoEnabled = false
	sources = importer.ForCompiler(fset, "source", nil)
	defer out.Flush()
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	for arg := range strings.Lines(string(input)) {
		arg = strings.TrimSuffix(arg, "\n")
		if strings.HasSuffix(arg, ".go") {
			check(arg, []string{arg})
			continue
		}
		found, err := build.Default.ImportDir(arg, 0)
		if err != nil {
			continue
		}
		check(arg, in(arg, found.GoFiles, found.TestGoFiles))
		check(arg, in(arg, found.XTestGoFiles))
	}
}

func in(dir string, lists ...[]string) []string {
	var paths []string
	for _, list := range lists {
		for _, name := range list {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	return paths
}

// from imports on behalf of the files of one directory: that is where the
// vendored packages are found from.
type from struct{ dir string }

func (f from) Import(path string) (*types.Package, error) {
	return sources.(types.ImporterFrom).ImportFrom(path, f.dir, 0)
}

func check(name string, paths []string) {
	var files []*ast.File
	for _, path := range paths {
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			refuse(err)
			return
		}
		files = append(files, file)
	}
	info := &types.Info{
		Defs:      map[*ast.Ident]types.Object{},
		Uses:      map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{},
	}
	var wrong error
	dir := name
	if strings.HasSuffix(name, ".go") {
		dir = filepath.Dir(name)
	}
	config := types.Config{
		Importer:    from{dir},
		FakeImportC: true,
		Error: func(err error) {
			message := err.(types.Error).Msg
			if !strings.Contains(message, "and not used") && !strings.Contains(message, "undefined") {
				wrong = err
			}
		},
	}
	pkg, _ := config.Check(name, fset, files, info)
	if wrong != nil {
		refuse(wrong)
		return
	}
	for _, file := range files {
		list(file, pkg, info)
	}
}

func refuse(err error) {
	fmt.Fprintln(out, "E", strings.ReplaceAll(err.Error(), "\n", " "))
}

func list(file *ast.File, pkg *types.Package, info *types.Info) {
	here := fset.File(file.FileStart)
	fmt.Fprintln(out, "F", here.Name())
	notScoped := map[*ast.Ident]bool{file.Name: true}
	alias := map[*ast.Ident]bool{}
	repeated := map[*ast.Ident]bool{}
	var all []*ast.Ident
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.SelectorExpr:
			notScoped[node.Sel] = true
		case *ast.TypeSwitchStmt:
			if assign, ok := node.Assign.(*ast.AssignStmt); ok {
				alias[assign.Lhs[0].(*ast.Ident)] = true
			}
		case *ast.GenDecl:
			if node.Tok == token.CONST {
				repeats(node, repeated)
			}
		case *ast.Ident:
			all = append(all, node)
		}
		return true
	})
	sort.Slice(all, func(i, j int) bool { return all[i].Pos() < all[j].Pos() })
	for _, ident := range all {
		if ident.Name == "_" {
			continue
		}
		meaning := "-"
		if alias[ident] {
			meaning = "L" + strconv.Itoa(here.Offset(ident.Pos()))
		} else if !notScoped[ident] {
			object := info.Uses[ident]
			if object == nil {
				object = info.Defs[ident]
			}
			if repeated[ident] {
				_, object = pkg.Scope().Innermost(ident.Pos()).LookupParent(ident.Name, ident.Pos())
			}
			meaning = means(object, here, pkg)
		}
		out.WriteString(strconv.Itoa(here.Offset(ident.Pos())))
		out.WriteByte(' ')
		out.WriteString(meaning)
		out.WriteByte('\n')
	}
}

// repeats marks the names in expressions that later constants of a group repeat.
// Each repetition resolves them anew and go/types keeps the last answer, which
// need not be that for the place where the name is written.
func repeats(group *ast.GenDecl, marked map[*ast.Ident]bool) {
	var values []ast.Expr
	for _, spec := range group.Specs {
		spec := spec.(*ast.ValueSpec)
		if len(spec.Values) > 0 {
			values = spec.Values
			continue
		}
		for _, value := range values {
			ast.Inspect(value, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.SelectorExpr:
					ast.Inspect(node.X, func(node ast.Node) bool {
						if ident, ok := node.(*ast.Ident); ok {
							marked[ident] = true
						}
						return true
					})
					return false
				case *ast.Ident:
					marked[node] = true
				}
				return true
			})
		}
	}
}

func means(object types.Object, here *token.File, pkg *types.Package) string {
	switch object := object.(type) {
	case nil, *types.Label:
		return "-"
	case *types.PkgName:
		path := object.Imported().Path()
		if at := strings.LastIndex(path, "vendor/"); at >= 0 {
			path = path[at+len("vendor/"):]
		}
		return "I" + path
	case *types.Var:
		if object.IsField() {
			return "-"
		}
	case *types.Func:
		if object.Signature().Recv() != nil || object.Name() == "init" {
			return "-"
		}
	}
	if object.Pkg() != pkg || !object.Pos().IsValid() {
		return "O"
	}
	declared := fset.File(object.Pos())
	if object.Parent() == pkg.Scope() {
		if declared != here {
			return "O"
		}
		return "T" + strconv.Itoa(here.Offset(object.Pos()))
	}
	return "L" + strconv.Itoa(here.Offset(object.Pos()))
}
