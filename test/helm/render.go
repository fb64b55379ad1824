// Renders a chart as Helm does, for any number of sets of values, in a program that is built in seconds: Helm itself
// takes minutes. It has Go's templates, sprig and YAML in the versions' order of Helm, and Helm's own functions again.
// test/helm.spec.ts compares it with Helm where that is installed.
//
//	render CHART <in.json >out.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

// One rendering. Objects are what lookup finds, by "apiVersion/kind/namespace/name".
type asked struct {
	Release, Namespace string
	Values             object
	Objects            object
}

type answer struct {
	Files   map[string]string `json:"files,omitempty"`
	Refusal string            `json:"refusal,omitempty"`
}

func main() {
	var in []asked
	check(json.NewDecoder(os.Stdin).Decode(&in))
	folder := os.Args[1]
	var out []answer
	for _, one := range in {
		files, err := render(folder, one)
		if err != nil {
			out = append(out, answer{Refusal: err.Error()})
		} else {
			out = append(out, answer{Files: files})
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(out))
}

func render(folder string, one asked) (map[string]string, error) {
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root, one))
	paths, err := filepath.Glob(filepath.Join(folder, "templates", "*"))
	check(err)
	names := map[string]string{}
	for _, path := range paths {
		name := "breakwater/templates/" + filepath.Base(path)
		names[name] = filepath.Base(path)
		if _, err := root.New(name).Parse(string(read(path))); err != nil {
			return nil, err
		}
	}
	given := parsed(filepath.Join(folder, "values.yaml"))
	chart := parsed(filepath.Join(folder, "Chart.yaml"))
	files := map[string]string{}
	for name, file := range names {
		if strings.HasPrefix(file, "_") {
			continue
		}
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, object{
			"Values":   merged(given, one.Values),
			"Release":  object{"Name": one.Release, "Namespace": one.Namespace, "Service": "Helm", "IsInstall": true, "Revision": 1},
			"Chart":    object{"Name": chart["name"], "Version": chart["version"], "AppVersion": chart["appVersion"]},
			"Template": object{"Name": name, "BasePath": "breakwater/templates"},
		})
		if err != nil {
			return nil, err
		}
		files[file] = strings.ReplaceAll(text.String(), "<no value>", "")
	}
	return files, nil
}

func functions(root *template.Template, one asked) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	all["include"] = func(name string, data interface{}) (string, error) {
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	all["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		check(err)
		return strings.TrimSuffix(string(text), "\n")
	}
	all["fail"] = func(message string) (string, error) { return "", fmt.Errorf("%s", message) }
	all["lookup"] = func(version, kind, namespace, name string) object {
		found, _ := one.Objects[strings.Join([]string{version, kind, namespace, name}, "/")].(object)
		return found
	}
	return all
}

// Values of the one who installs over those of the chart; null removes.
func merged(below, above object) object {
	all := object{}
	for key, value := range below {
		all[key] = value
	}
	for key, value := range above {
		inner, isObject := value.(object)
		base, hasObject := below[key].(object)
		switch {
		case value == nil:
			delete(all, key)
		case isObject && hasObject:
			all[key] = merged(base, inner)
		default:
			all[key] = value
		}
	}
	return all
}

func parsed(path string) object {
	var content object
	check(yaml.Unmarshal(read(path), &content))
	return content
}

func read(path string) []byte {
	text, err := os.ReadFile(path)
	check(err)
	return text
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
