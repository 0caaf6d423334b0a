package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// read has one instruction as strings: what the reader of the Rust side is compared with.
func read(node *parser.Node, escape rune) instruction {
	keyword := strings.ToUpper(node.Value)
	found := instruction{Keyword: keyword, Flags: node.Flags}
	parsed, err := instructions.ParseInstruction(node)
	if err != nil {
		found.Words = []string{"refused"}
		return found
	}
	found.Words = words(parsed)
	lex := shell.NewLex(escape)
	expand := func(word string) (string, error) {
		value, _, err := lex.ProcessWord(word, variables)
		return value, err
	}
	if expandAll(parsed, lex, expand) != nil {
		return found
	}
	found.Values = words(parsed)
	if run, ok := parsed.(*instructions.RunCommand); ok {
		for _, mount := range instructions.GetMounts(run) {
			found.Values = append(found.Values, mountWords(mount)...)
		}
	}
	return found
}

// expandAll replaces the words of an instruction by their values, as the frontend does before it runs the instruction.
func expandAll(parsed any, lex *shell.Lex, expand instructions.SingleWordExpander) (err error) {
	switch c := parsed.(type) {
	case *instructions.ArgCommand:
		for at := range c.Args {
			if value := c.Args[at].Value; value != nil && err == nil {
				var expanded string
				expanded, err = expand(*value)
				c.Args[at].Value = &expanded
			}
		}
	case *instructions.Stage:
		if c.BaseName, err = expand(c.BaseName); err == nil {
			c.Platform, err = expand(c.Platform)
		}
	case *instructions.ExposeCommand:
		ports := []string{}
		for _, port := range c.Ports {
			words, failed := lex.ProcessWords(port, variables)
			if ports = append(ports, words...); failed != nil {
				return failed
			}
		}
		c.Ports = ports
	case instructions.SupportsSingleWordExpansion:
		err = c.Expand(expand)
	}
	if c, ok := parsed.(instructions.SupportsSingleWordExpansionRaw); ok && err == nil {
		lex := shell.NewLex('\\')
		lex.SkipProcessQuotes = true
		err = c.ExpandRaw(func(word string) (string, error) {
			value, _, err := lex.ProcessWord(word, variables)
			return value, err
		})
	}
	return err
}

func words(parsed any) []string {
	switch c := parsed.(type) {
	case *instructions.Stage:
		return []string{c.BaseName, c.Name, c.Platform}
	case *instructions.ArgCommand:
		var all []string
		for _, arg := range c.Args {
			all = append(all, arg.Key, fmt.Sprint(arg.Value != nil), arg.ValueString())
		}
		return all
	case *instructions.EnvCommand:
		return pairs(c.Env)
	case *instructions.LabelCommand:
		return pairs(c.Labels)
	case *instructions.AddCommand:
		keep, unpack := c.KeepGitDir != nil && *c.KeepGitDir, "unset"
		if c.Unpack != nil {
			unpack = fmt.Sprint(*c.Unpack)
		}
		flags := []string{c.Chown, c.Chmod, fmt.Sprint(c.Link), c.Checksum, fmt.Sprint(keep), unpack}
		return transfer(append(flags, c.ExcludePatterns...), c.SourcesAndDest)
	case *instructions.CopyCommand:
		flags := []string{c.Chown, c.Chmod, fmt.Sprint(c.Link), c.From, fmt.Sprint(c.Parents)}
		return transfer(append(flags, c.ExcludePatterns...), c.SourcesAndDest)
	case *instructions.RunCommand:
		return append(command(c.ShellDependantCmdLine), instructions.GetNetwork(c), instructions.GetSecurity(c))
	case *instructions.CmdCommand:
		return command(c.ShellDependantCmdLine)
	case *instructions.EntrypointCommand:
		return command(c.ShellDependantCmdLine)
	case *instructions.HealthCheckCommand:
		return c.Health.Test
	case *instructions.MaintainerCommand:
		return []string{c.Maintainer}
	case *instructions.WorkdirCommand:
		return []string{c.Path}
	case *instructions.UserCommand:
		return []string{c.User}
	case *instructions.StopSignalCommand:
		return []string{c.Signal}
	case *instructions.ShellCommand:
		return c.Shell
	case *instructions.VolumeCommand:
		return slices.Clone(c.Volumes)
	case *instructions.ExposeCommand:
		return c.Ports
	case *instructions.OnbuildCommand:
		return trigger(c.Expression)
	}
	panic(fmt.Sprintf("%T is new", parsed))
}

// trigger reads the instruction of ONBUILD as a stage does that is based on it.
func trigger(expression string) []string {
	result, err := parser.Parse(strings.NewReader(expression))
	if err != nil || len(result.AST.Children) != 1 {
		return []string{"refused"}
	}
	inner := read(result.AST.Children[0], result.EscapeToken)
	if inner.Values == nil {
		return []string{"refused"}
	}
	return append([]string{inner.Keyword}, inner.Words...)
}
