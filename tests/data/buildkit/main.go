// BuildKit's own frontend as an oracle for tests/corpus/buildkit.rs.
//
// In: Dockerfiles on standard input, each after its length in 4 bytes (big endian). Out: an answer per file, a line of JSON.
// `.ci/engine buildkit` compiles it with BuildKit's sources.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// instruction is one instruction as parsed, and with the values of its words.
type instruction struct {
	Keyword string
	Flags   []string
	Words   []string
	// Values is absent if a word cannot be expanded.
	Values []string
}

type answer struct {
	// Unparsed says why the text has no instructions.
	Unparsed     string
	Instructions []instruction
	// Refused says why the frontend builds nothing.
	Refused string
	// Env, WorkingDir, User and Shell are those of the last stage.
	Env        []string
	WorkingDir string
	User       string
	Shell      []string
}

// variables are those of every expansion of a word.
var variables = shell.EnvsFromSlice([]string{"A=a b", "HOME=/root", "E="})

func main() {
	// Most of the time would be that of the garbage collector.
	debug.SetGCPercent(1000)
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		var length uint32
		err := binary.Read(in, binary.BigEndian, &length)
		text := make([]byte, length)
		if err == nil {
			_, err = io.ReadFull(in, text)
		}
		if err == nil {
			err = encoder.Encode(answerTo(text))
		}
		if err != nil {
			out.Flush()
			if err != io.EOF {
				panic(err)
			}
			return
		}
	}
}

func answerTo(text []byte) (a answer) {
	defer func() {
		if crash := recover(); crash != nil {
			a.Refused = fmt.Sprintf("crash: %v", crash)
		}
	}()
	result, err := parser.Parse(bytes.NewReader(text))
	if err == nil {
		_, _, err = instructions.Parse(result.AST, nil)
	}
	if err != nil {
		return answer{Unparsed: err.Error(), Refused: err.Error()}
	}
	stages, _, _ := instructions.Parse(result.AST, nil)
	for _, stage := range stages {
		// The frontend looks for a named context first, which dockerfile2llb does without a client.
		name := stage.Name
		if _, err := reference.ParseNormalizedNamed(name); name != "" && name != "scratch" && name != "context" && err != nil {
			a.Refused = "invalid context name " + name
		}
	}
	for _, node := range result.AST.Children {
		a.Instructions = append(a.Instructions, read(node, result.EscapeToken))
	}
	if a.Refused != "" {
		return a
	}
	linux := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	options := dockerfile2llb.ConvertOpt{MetaResolver: images{}, TargetPlatform: &linux, AllStages: true}
	options.BuildPlatforms = []ocispecs.Platform{linux}
	capabilities := pb.Caps.CapSet(pb.Caps.All())
	options.LLBCaps = &capabilities
	_, image, _, _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), text, options)
	if err != nil {
		a.Refused = err.Error()
		return a
	}
	// What ONBUILD stored is read in the stages that the target needs.
	if bytes.Contains(bytes.ToUpper(text), []byte("ONBUILD")) {
		options.AllStages = false
		for _, stage := range stages {
			if options.Target = stage.Name; stage.Name == "" {
				continue
			}
			if _, _, _, _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), text, options); err != nil {
				a.Refused = err.Error()
				return a
			}
		}
	}
	config := image.Config
	a.Env, a.WorkingDir, a.User, a.Shell = config.Env, config.WorkingDir, config.User, config.Shell
	return a
}

// images has every image, each empty.
type images struct{}

func (images) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, "", []byte(`{"os":"linux","architecture":"amd64"}`), nil
}
