package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Includes read nothing outside the folders of the files that the command line names: not by .., by an absolute path, through a
// link, or by a pattern.
func TestIncludesStayInTheirFolders(t *testing.T) {
	root := t.TempDir()
	secret := filepath.Join(root, "outside", "secret.conf")
	inside := filepath.Join(root, "inside")
	for _, dir := range []string{filepath.Dir(secret), inside} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	const text = "upstream hidden { server 10.9.9.9; }\nbackend hidden\n server s 10.9.9.9:80\nworker.hidden.type=lb\n"
	if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(inside, "link.conf")); err != nil {
		t.Skip("no links here:", err)
	}
	if err := os.Symlink(filepath.Dir(secret), filepath.Join(inside, "folder")); err != nil {
		t.Fatal(err)
	}
	paths := []string{"../outside/secret.conf", "../outside/*", secret, filepath.Dir(secret) + "/*.conf", "link.conf", "folder/*.conf", "folder/secret.conf", "x/../../outside/secret.conf"}
	for product, form := range map[string]string{
		"nginx":    "include %;\nupstream u { server 10.0.0.1; }\n",
		"apache":   "Include \"%\"\nJkWorkersFile \"%\"\n<Proxy balancer://b>\nBalancerMember http://10.0.0.1\n</Proxy>\n",
		"caddy":    ":80 {\n import %\n reverse_proxy 10.0.0.1\n}\n",
		"lighttpd": "include \"%\"\nproxy.server = ( \"\" => (( \"host\" => \"10.0.0.1\" )) )\n",
	} {
		for _, path := range paths {
			name := filepath.Join(inside, "main")
			if err := os.WriteFile(name, []byte(strings.ReplaceAll(form, "%", path)), 0o600); err != nil {
				t.Fatal(err)
			}
			out, errOut, _ := command("import", name, "--type", product)
			if all := out + errOut; strings.Contains(all, "hidden") || strings.Contains(all, "10.9.9.9") {
				t.Errorf("%s: include %s reads a file outside:\n%s", product, path, all)
			}
		}
	}
}
