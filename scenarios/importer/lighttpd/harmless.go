package lighttpd

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
)

// harmless are the settings that are known to have no influence.
var harmless = []source.Harmless{
	{
		Names: strings.Fields(`auth.backend auth.backend.dbi auth.backend.gssapi.keytab auth.backend.gssapi.principal
			auth.backend.gssapi.store-creds auth.backend.htdigest.userfile auth.backend.htpasswd.userfile
			auth.backend.ldap.allow-empty-pw auth.backend.ldap.base-dn auth.backend.ldap.bind-dn auth.backend.ldap.bind-pw
			auth.backend.ldap.ca-file auth.backend.ldap.filter auth.backend.ldap.groupmember auth.backend.ldap.hostname
			auth.backend.ldap.starttls auth.backend.ldap.timeout auth.backend.pam.opts auth.backend.plain.groupfile
			auth.backend.plain.userfile auth.backend.sasl.opts auth.cache auth.extern-authn auth.require url.access-allow
			url.access-deny vhostdb.backend vhostdb.cache vhostdb.dbi vhostdb.ldap vhostdb.mysql vhostdb.pgsql`),
		Why: "who may send requests; those that are refused are no part of the workload",
	},
	{
		Names: strings.Fields(`accesslog.escaping accesslog.filename accesslog.format accesslog.syslog-level accesslog.use-syslog
			debug.log-condition-handling debug.log-file-not-found debug.log-request-handling debug.log-request-header
			debug.log-request-header-on-error debug.log-response-header debug.log-ssl-noise debug.log-state-handling
			debug.log-timeouts rrdtool.binary rrdtool.db-name server.breakagelog server.errorlog server.errorlog-use-syslog
			server.syslog-facility server.tag status.config-url status.enable-sort status.statistics-url status.status-url
			usertrack.cookie-attrs usertrack.cookie-domain usertrack.cookie-max-age usertrack.cookie-name`),
		Why: "logging and pages about the server",
	},
	{
		Names: strings.Fields(`ssl.acme-tls-1 ssl.ca-crl-file ssl.ca-dn-file ssl.ca-file ssl.cipher-list ssl.disable-client-renegotiation
			ssl.ech-opts ssl.ech-public-name ssl.engine ssl.openssl.ssl-conf-cmd ssl.pemfile ssl.privkey ssl.read-ahead
			ssl.stapling-file ssl.stek-file ssl.verifyclient.activate ssl.verifyclient.ca-crl-file
			ssl.verifyclient.ca-dn-file ssl.verifyclient.ca-file ssl.verifyclient.depth ssl.verifyclient.enforce
			ssl.verifyclient.exportcert ssl.verifyclient.username`),
		Why: "TLS and certificates",
	},
	{
		Names: strings.Fields(`alias.url evasive.location evasive.silent evhost.path-pattern maxminddb.activate maxminddb.db maxminddb.env
			server.absolute-dir-redirect server.bind server.error-handler server.error-handler-404
			server.force-lowercase-filenames server.http-parseopt-header-strict server.http-parseopt-host-normalize
			server.http-parseopt-host-strict server.http-parseopts server.max-request-field-size server.max-request-size
			server.name server.port server.reject-expect-100-with-417 server.set-v6only server.socket-perms
			server.systemd-socket-activation server.use-ipv6 server.v4mapped url.redirect url.redirect-code url.rewrite
			url.rewrite-final url.rewrite-if-not-file url.rewrite-once url.rewrite-repeat url.rewrite-repeat-if-not-file
			userdir.active userdir.basepath userdir.exclude-user userdir.include-user userdir.letterhomes userdir.path`),
		Why: "which requests get here is part of the workload",
	},
	{
		Names: strings.Fields(`compress.allowed-encodings compress.cache-dir compress.filetype compress.max-filesize compress.max-loadavg
			deflate.allowed-encodings deflate.cache-dir deflate.compression-level deflate.max-compress-size
			deflate.max-loadavg deflate.mimetypes deflate.min-compress-size deflate.output-buffer-size deflate.params
			deflate.work-block-size etag.use-inode etag.use-mtime etag.use-size expire.mimetypes expire.url
			fastcgi.map-extensions proxy.forwarded proxy.header proxy.map-extensions proxy.replace-http-host
			scgi.map-extensions server.error-intercept server.errorfile-prefix setenv.add-environment
			setenv.add-request-header setenv.add-response-header setenv.set-environment setenv.set-request-header
			setenv.set-response-header wstunnel.debug wstunnel.frame-type wstunnel.map-extensions wstunnel.origins
			wstunnel.ping-interval`),
		Why: "it changes the text of requests or answers only",
	},
	{
		Names: strings.Fields(`server.bsd-accept-filter server.defer-accept server.h2c server.h2proto server.ip-transparent
			server.listen-backlog server.max-keep-alive-idle server.max-keep-alive-requests server.protocol-http11`),
		Why: "connections of clients; each request is balanced for itself",
	},
	{
		Names: strings.Fields(`cgi.assign cgi.execute-x-only cgi.limits cgi.local-redir cgi.upgrade cgi.x-sendfile cgi.x-sendfile-docroot
			dir-listing.activate dir-listing.auto-layout dir-listing.cache dir-listing.encode-header
			dir-listing.encode-readme dir-listing.encoding dir-listing.exclude dir-listing.external-css
			dir-listing.external-js dir-listing.hide-dotfiles dir-listing.hide-header-file dir-listing.hide-readme-file
			dir-listing.set-footer dir-listing.show-header dir-listing.show-readme dir-listing.sort dirlist.html
			index-file.names mimetype.assign mimetype.use-xattr mimetype.xattr-name secdownload.algorithm
			secdownload.document-root secdownload.hash-querystr secdownload.path-segments secdownload.secret
			secdownload.timeout secdownload.uri-prefix server.dir-listing server.document-root server.follow-symlink
			server.indexfiles server.range-requests server.stat-cache-engine server.upload-dirs server.upload-temp-file-size
			simple-vhost.debug simple-vhost.default-host simple-vhost.document-root simple-vhost.server-root sockproxy.debug
			ssi.conditional-requests ssi.content-type ssi.exec ssi.extension ssi.recursion-max static-file.disable-pathinfo
			static-file.etags static-file.exclude-extensions webdav.activate webdav.is-readonly webdav.log-xml webdav.opts
			webdav.sqlite-db-name`),
		Why: "files and answers that lighttpd makes itself",
	},
	{
		Names: strings.Fields(`ajp13.debug ajp13.map-extensions extforward.hap-PROXY-ssl-client-verify fastcgi.debug proxy.debug scgi.debug
			scgi.protocol server.chroot server.compat-module-load server.core-files server.event-handler server.groupname
			server.modules server.network-backend server.pid-file server.username`),
		Why: "how the process runs",
	},
}
