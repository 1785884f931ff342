package meshkeyd

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
)

func (a *app) checkConfigCommand() *cobra.Command {
	s := newSettings()
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "check-config [flags]",
		GroupID: groupTools,
		Short:   "Check the settings and the files they name, without starting anything",
		Long: `Reads meshkeyd.conf and the flags as "serve" does, looks at the files that they name,
and prints what every setting comes to. The store is not opened.`,
		Example: `  meshkeyd check-config
  meshkeyd check-config --config new.conf && systemctl restart meshkeyd`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.checkConfig(s, asJSON) },
	}
	s.use(cmd, serveFlags...)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) checkConfig(s *settings, asJSON bool) error {
	if err := s.load(); err != nil {
		return err
	}
	values := map[string]string{}
	var names []string
	for _, name := range serveFlags {
		values[name] = s.all.Flags().Lookup(name).Value.String()
		names = append(names, name)
	}
	values["store"] = shownStore(s.store)
	a.answer = values
	if !asJSON {
		fmt.Fprintf(a.out, "%-24s %s\n", "dir", s.dir)
		for _, name := range names {
			if values[name] != "" {
				fmt.Fprintf(a.out, "%-24s %s\n", name, values[name])
			}
		}
	}
	if err := a.checkFiles(s); err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(values)
	}
	return nil
}

// checkFiles looks at the files that the settings name.
func (a *app) checkFiles(s *settings) error {
	if err := checkDir(s.dir); err != nil {
		return err
	}
	if isURL(s.store) {
		a.warnOfPassword(s.store)
	} else if !exists(s.store) {
		return exit.Errorf(exit.Usage, "there is no service here: %s is not there", s.store).Hinted("meshkeyd init makes one")
	}
	if _, err := loadCertificate(s.tlsCert, s.tlsKey); err != nil {
		return err
	}
	if m, err := parseMethod(s.seal); err == nil && m.kind == byFile {
		ids, err := a.readSecret(m.path)
		if errors.Is(err, fs.ErrNotExist) {
			return exit.Errorf(exit.Failed, "%s is not there, which opens the service's secrets", m.path)
		}
		if err != nil {
			return err
		}
		ids.Wipe()
	}
	return nil
}
