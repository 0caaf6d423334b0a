package main

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func pairs(all instructions.KeyValuePairs) (words []string) {
	for _, pair := range all {
		words = append(words, pair.Key, pair.Value)
	}
	return words
}

func transfer(flags []string, all instructions.SourcesAndDest) []string {
	words := append(append(flags, "sources"), all.SourcePaths...)
	for _, content := range all.SourceContents {
		words = append(words, "content", content.Path, fmt.Sprint(content.Expand), content.Data)
	}
	return append(words, "destination", all.DestPath)
}

// command has the arguments, with the script that the shell runs as dockerfile2llb puts it together.
func command(line instructions.ShellDependantCmdLine) []string {
	if !line.PrependShell {
		return append([]string{"exec"}, line.CmdLine...)
	}
	script := strings.Join(line.CmdLine, "")
	if len(line.Files) == 0 {
		return []string{"shell", script}
	}
	file := line.Files[0]
	if parser.MustParseHeredoc(script) != nil {
		form, data := "here-document", file.Data
		if strings.HasPrefix(data, "#!") {
			form = "executable " + path.Join("/dev/pipes/", file.Name)
		}
		if file.Chomp {
			data = parser.ChompHeredocContent(data)
		}
		return []string{form, data}
	}
	for _, file := range line.Files {
		script += "\n" + file.Data + file.Name
	}
	return []string{"shell", script}
}

// mountWords has what a mount is when its RUN is reached, with the defaults of dockerfile2llb.
func mountWords(m *instructions.Mount) []string {
	words := []string{"mount", string(m.Type)}
	or := func(number *uint64, usual string) string {
		if number == nil {
			return usual
		}
		return fmt.Sprint(*number)
	}
	switch m.Type {
	case instructions.MountTypeBind:
		return append(words, m.Target, cmp.Or(m.Source, "/"), m.From, fmt.Sprint(m.ReadOnly))
	case instructions.MountTypeTmpfs:
		return append(words, m.Target, fmt.Sprint(m.SizeLimit))
	case instructions.MountTypeCache:
		id, sharing := cmp.Or(m.CacheID, path.Clean(m.Target)), cmp.Or(string(m.CacheSharing), "shared")
		words = append(words, m.Target, id, sharing, m.From, m.Source)
		return append(words, or(m.Mode, "unset"), or(m.UID, "unset"), or(m.GID, "unset"), fmt.Sprint(m.ReadOnly))
	case instructions.MountTypeSSH:
		words = append(words, cmp.Or(m.CacheID, "default"), m.Target)
		return append(words, or(m.Mode, "384"), or(m.UID, "0"), or(m.GID, "0"), fmt.Sprint(m.Required))
	}
	id := cmp.Or(m.Source, m.CacheID, path.Base(m.Target))
	target, env := m.Target, "unset"
	if m.Env != nil {
		env = "=" + *m.Env
	} else if target == "" {
		target = "/run/secrets/" + path.Base(id)
	}
	words = append(words, id, target, env)
	if m.Mode != nil {
		// BuildKit mounts the file with these bits.
		*m.Mode &= 0o777
	}
	return append(words, or(m.Mode, "256"), or(m.UID, "0"), or(m.GID, "0"), fmt.Sprint(m.Required))
}
