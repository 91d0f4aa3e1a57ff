package apache

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
)

// harmless are the directives, and the attributes of mod_jk's workers, that are known to have no influence.
var harmless = []source.Harmless{
	{
		Names: strings.Fields(`AcceptPathInfo AccessFileName Action Alias AliasMatch AliasPreservePath Allow AllowConnect AllowEncodedSlashes
			AllowHandlers AllowMethods AllowOverride AllowOverrideList CacheNegotiatedDocs CheckBasenameMatch CheckCaseOnly
			CheckSpelling Deny ForceLanguagePriority HttpProtocolOptions JkAutoAlias JkMountCopy JkStripSession JkUnMount
			LanguagePriority LimitInternalRecursion LimitRequestBody LimitRequestFields LimitRequestFieldSize
			LimitRequestLine LimitXMLRequestBody Listen MergeSlashes NameVirtualHost NoProxy Order ProxyBlock ProxyDomain
			ProxyMaxForwards ProxyPassInherit ProxyRequests QualifyRedirectURL Redirect RedirectMatch RedirectPermanent
			RedirectRelative RedirectTemp RegisterHttpMethod RewriteBase RewriteCond RewriteEngine RewriteMap RewriteOptions
			Satisfy Script ScriptAlias ScriptAliasMatch ServerAlias ServerName ServerPath StrictHostCheck TraceEnable
			UseCanonicalName UseCanonicalPhysicalPort UserDir VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias
			VirtualScriptAliasIP`),
		Why: "which requests get here is part of the workload",
	},
	{
		Names: strings.Fields(`Anonymous Anonymous_LogEmail Anonymous_MustGiveEmail Anonymous_NoUserID Anonymous_VerifyEmail
			AuthBasicAuthoritative AuthBasicFake AuthBasicProvider AuthBasicUseDigestAlgorithm AuthBearerAuthoritative
			AuthBearerProvider AuthBearerProxy AuthDBDUserPWQuery AuthDBDUserRealmQuery AuthDBMGroupFile AuthDBMType
			AuthDBMUserFile AuthDigestAlgorithm AuthDigestDomain AuthDigestNcCheck AuthDigestNonceFormat
			AuthDigestNonceLifetime AuthDigestProvider AuthDigestQop AuthDigestShmemSize AuthFormAuthoritative AuthFormBody
			AuthFormDisableNoStore AuthFormFakeBasicAuth AuthFormLocation AuthFormLoginRequiredLocation
			AuthFormLoginSuccessLocation AuthFormLogoutLocation AuthFormMethod AuthFormMimetype AuthFormPassword
			AuthFormProvider AuthFormSitePassphrase AuthFormSize AuthFormUsername AuthGroupFile AuthLDAPAuthorizePrefix
			AuthLDAPBindAuthoritative AuthLDAPBindDN AuthLDAPBindPassword AuthLDAPCharsetConfig AuthLDAPCompareAsUser
			AuthLDAPCompareDNOnServer AuthLDAPDereferenceAliases AuthLDAPGroupAttribute AuthLDAPGroupAttributeIsDN
			AuthLDAPInitialBindAsUser AuthLDAPInitialBindPattern AuthLDAPMaxSubGroupDepth AuthLDAPRemoteUserAttribute
			AuthLDAPRemoteUserIsDN AuthLDAPSearchAsUser AuthLDAPSubGroupAttribute AuthLDAPSubGroupClass AuthLDAPURL
			AuthMerging AuthName AuthnCacheContext AuthnCacheEnable AuthnCacheProvideFor AuthnCacheSOCache AuthnCacheTimeout
			AuthnProviderAlias AuthnzFcgiCheckAuthnProvider AuthnzFcgiDefineProvider AuthtJwtClaim AuthtJwtDriver
			AuthtJwtSign AuthtJwtVerify AuthtProviderAlias AuthType AuthUserFile AuthzDBDLoginToReferer AuthzDBDQuery
			AuthzDBDRedirectQuery AuthzDBMType AuthzProviderAlias AuthzSendForbiddenOnFailure DTracePrivileges IdentityCheck
			IdentityCheckTimeout LDAPCacheEntries LDAPCacheTTL LDAPConnectionPoolTTL LDAPConnectionTimeout LDAPLibraryDebug
			LDAPOpCacheEntries LDAPOpCacheTTL LDAPReferralHopLimit LDAPReferrals LDAPRetries LDAPRetryDelay
			LDAPSharedCacheFile LDAPSharedCacheSize LDAPTimeout LDAPTrustedClientCert LDAPTrustedGlobalCert LDAPTrustedMode
			LDAPVerifyServerCert PolicyConditional PolicyConditionalURL PolicyEnvironment PolicyFilter PolicyKeepalive
			PolicyKeepaliveURL PolicyLength PolicyLengthURL PolicyMaxage PolicyMaxageURL PolicyNocache PolicyNocacheURL
			PolicyType PolicyTypeURL PolicyValidation PolicyValidationURL PolicyVary PolicyVaryURL PolicyVersion
			PolicyVersionURL PrivilegesMode Require RequireAll RequireAny RequireNone VHostCGIMode VHostCGIPrivs VHostGroup
			VHostPrivs VHostSecure VHostUser`),
		Why: "who may send requests; those that are refused are no part of the workload",
	},
	{
		Names: strings.Fields(`AcceptErrorsNonFatal AcceptFilter AcceptMutex AsyncFilter BalancerGrowth ChrootDir CoreDumpDirectory
			DefaultRuntimeDir DefaultStateDir EnableExceptionHook EnableMMAP EnableSendfile Example GprofDir
			GracefulShutdownTimeout Group JkShmFile JkShmSize JkWatchdogInterval ListenBackLog ListenCoresBucketsRatio
			LoadFile LoadModule LockFile MaxConnectionsPerChild MaxMemFree MaxSpareServers MaxSpareThreads MinSpareServers
			MinSpareThreads Mutex PidFile ProtocolEcho ProxyHCTPsize ReceiveBufferSize ReflectorHeader RegexDefaultOptions
			RLimitCPU RLimitMEM RLimitNPROC ScoreBoardFile SendBufferSize StartServers StartThreads Suexec SuexecUserGroup
			ThreadStackSize User WatchdogInterval`),
		Why: "how the processes of the server run",
	},
	{
		Names: strings.Fields(`AddModuleInfo BufferedLogs CookieDomain CookieExpires CookieHTTPOnly CookieName CookieSameSite CookieSecure
			CookieStyle CookieTracking CustomLog DumpIOInput DumpIOOutput Error ErrorLog ErrorLogFormat ExtendedStatus
			FirehoseConnectionInput FirehoseConnectionOutput FirehoseProxyConnectionInput FirehoseProxyConnectionOutput
			FirehoseRequestInput FirehoseRequestOutput ForensicLog GlobalLog JkLogFile JkLogLevel JkLogStampFormat
			JkRequestLogFormat LogFormat LogIOTrackTTFB LogIOTrackTTFU LogLevel LogLevelOverride LogMessage LuaHookLog
			ProxyStatus SeeRequestTail ServerAdmin ServerSignature ServerTokens TransferLog Warning`),
		Why: "logging and pages about the server",
	},
	{
		Names: strings.Fields(`CryptoCipher CryptoDriver CryptoIV CryptoKey CryptoSize CTAuditStorage CTLogClient CTLogConfigDB CTMaxSCTAge
			CTProxyAwareness CTSCTStorage CTServerHelloSCTLimit CTStaticLogConfig CTStaticSCTs JkCERTCHAINPrefix
			JkCERTSIndicator JkCIPHERIndicator JkExtractSSL JkHTTPSIndicator JkKEYSIZEIndicator JkSESSIONIndicator
			JkSSLPROTOCOLIndicator MDActivationDelay MDBaseServer MDCAChallenges MDCertificateAgreement
			MDCertificateAuthority MDCertificateCheck MDCertificateFile MDCertificateKeyFile MDCertificateMonitor
			MDCertificateProtocol MDCertificateStatus MDChallengeDns01 MDChallengeDns01Version MDCheckInterval
			MDContactEmail MDDriveMode MDExternalAccountBinding MDHttpProxy MDMatchNames MDMember MDMembers MDMessageCmd
			MDMustStaple MDNotifyCmd MDomain MDomainSet MDPortMap MDPrivateKeys MDRenewMode MDRenewWindow MDRequireHttps
			MDRetryDelay MDRetryFailover MDServerStatus MDStapleOthers MDStapling MDStaplingKeepResponse
			MDStaplingRenewWindow MDStoreDir MDStoreLocks MDWarnWindow NWSSLTrustedCerts NWSSLUpgradeable SecureListen
			SSLCACertificateFile SSLCACertificatePath SSLCADNRequestFile SSLCADNRequestPath SSLCARevocationCheck
			SSLCARevocationFile SSLCARevocationPath SSLCertificateChainFile SSLCertificateFile SSLCertificateKeyFile
			SSLCipherSuite SSLClientHelloVars SSLCompression SSLCryptoDevice SSLEngine SSLFIPS SSLHonorCipherOrder
			SSLOCSPDefaultResponder SSLOCSPEnable SSLOCSPNoverify SSLOCSPOverrideResponder SSLOCSPProxyURL
			SSLOCSPResponderCertificateFile SSLOCSPResponderTimeout SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew
			SSLOCSPUseRequestNonce SSLOpenSSLConfCmd SSLOptions SSLPassPhraseDialog SSLPolicy SSLProtocol
			SSLProxyCACertificateFile SSLProxyCACertificatePath SSLProxyCARevocationCheck SSLProxyCARevocationFile
			SSLProxyCARevocationPath SSLProxyCheckPeerCN SSLProxyCheckPeerExpire SSLProxyCheckPeerName SSLProxyCipherSuite
			SSLProxyEngine SSLProxyMachineCertificateChainFile SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath
			SSLProxyProtocol SSLProxyVerify SSLProxyVerifyDepth SSLRandomSeed SSLRenegBufferSize SSLRequire SSLRequireSSL
			SSLSessionCache SSLSessionCacheTimeout SSLSessionTicketKeyFile SSLSessionTickets SSLSRPUnknownUserSeed
			SSLSRPVerifierFile SSLStaplingCache SSLStaplingErrorCacheTimeout SSLStaplingFakeTryLater SSLStaplingForceURL
			SSLStaplingResponderTimeout SSLStaplingResponseMaxAge SSLStaplingResponseTimeSkew
			SSLStaplingReturnResponderErrors SSLStaplingStandardCacheTimeout SSLStrictSNIVHostCheck SSLUserName
			SSLUseStapling SSLVerifyClient SSLVerifyDepth`),
		Why: "TLS and certificates",
	},
	{
		Names: strings.Fields(`AddAlt AddAltByEncoding AddAltByType AddCharset AddDefaultCharset AddDescription AddEncoding AddHandler AddIcon
			AddIconByEncoding AddIconByType AddInputFilter AddLanguage AddOutputFilter AddType CacheFile CGIDScriptTimeout
			CGIMapExtension CGIPassAuth CGIScriptTimeout CGIVar Dav DavBasePath DavDepthInfinity DavGenericLockDB DavLockDB
			DavLockDBType DavLockDiscovery DavMinTimeout DavMSext DavQuota DBDExptime DBDInitSQL DBDKeep DBDMax DBDMin
			DBDParams DBDPersist DBDPrepareSQL DBDriver DefaultIcon DefaultLanguage DefaultType DirectoryCheckHandler
			DirectoryIndex DirectoryIndexRedirect DirectorySlash DocumentRoot ErrorDocument ExpiresActive ExpiresByType
			ExpiresDefault FallbackResource FileETag FlushMaxPipelined FlushMaxThreshold ForceType HeaderName
			HostnameLookups ImapBase ImapDefault ImapMenu IndexForbiddenReturn404 IndexHeadInsert IndexIgnore
			IndexIgnoreReset IndexOptions IndexOrderDefault IndexStyleSheet ISAPIAppendLogToErrors ISAPIAppendLogToQuery
			ISAPICacheFile ISAPIFakeAsync ISAPILogNotSupported ISAPIReadAheadBuffer MaxRangeOverlaps MaxRangeReversals
			MaxRanges MergeTrailers MetaDir MetaFiles MetaSuffix MimeMagicFile MimeOptions MMapFile ModMimeUsePathInfo
			MultiviewsMatch Options ReadBufferSize ReadmeName RemoveCharset RemoveEncoding RemoveHandler RemoveInputFilter
			RemoveLanguage RemoveOutputFilter RemoveType ScriptInterpreterSource ScriptLog ScriptLogBuffer ScriptLogLength
			ScriptSock SSIEndTag SSIErrorMsg SSIETag SSILastModified SSILegacyExprParser SSIStartTag SSITimeFormat
			SSIUndefinedEcho TypesConfig UNCList XBitHack`),
		Why: "files and answers that httpd makes itself",
	},
	{
		Names: strings.Fields(`AddOutputFilterByType BrotliAlterETag BrotliCompressionMaxInputBlock BrotliCompressionQuality
			BrotliCompressionWindow BrotliFilterNote BufferSize CharsetDefault CharsetOptions CharsetSourceEnc
			DeflateAlterETag DeflateBufferSize DeflateCompressionLevel DeflateFilterNote DeflateInflateLimitRequestBody
			DeflateInflateRatioBurst DeflateInflateRatioLimit DeflateMemLevel DeflateWindowSize ExtFilterDefine
			ExtFilterOptions FilterChain FilterDeclare FilterProtocol FilterProvider FilterTrace InputSed
			JkAuthTypeIndicator JkEnvVar JkIgnoreCLIndicator JkLocalAddrIndicator JkLocalNameIndicator JkLocalPortIndicator
			JkOptions JkRemoteAddrIndicator JkRemoteHostIndicator JkRemotePortIndicator JkRemoteUserIndicator
			JkRequestIdIndicator JkWorkerIndicator KeptBodySize OutputSed PassEnv ProxyAddHeaders ProxyBadHeader
			ProxyErrorOverride ProxyHTMLBufSize ProxyHTMLCharsetOut ProxyHTMLDocType ProxyHTMLEnable ProxyHTMLEvents
			ProxyHTMLExtended ProxyHTMLFixups ProxyHTMLInterp ProxyHTMLLinks ProxyHTMLMeta ProxyHTMLStripComments
			ProxyHTMLURLMap ProxyPassReverse ProxyPassReverseCookieDomain ProxyPassReverseCookiePath ProxyPreserveHost
			ProxyVia RequestHeader SetInputFilter SetOutputFilter Substitute SubstituteInheritBefore SubstituteMaxLineLength
			UnsetEnv xml2EncAlias xml2EncDefault xml2StartParse`),
		Why: "it changes the text of requests or answers only",
	},
	{
		Names: strings.Fields(`H2CopyFiles H2Direct H2EarlyHint H2EarlyHints H2MaxDataFrameLen H2MaxSessionStreams H2MaxWorkerIdleSeconds
			H2MaxWorkers H2MinWorkers H2ModernTLSOnly H2OutputBuffering H2Padding H2ProxyRequests H2Push H2PushDiarySize
			H2PushPriority H2PushResource H2SerializeHeaders H2StreamMaxMemSize H2StreamTimeout H2TLSCoolDownSecs
			H2TLSWarmUpSize H2Upgrade H2WebSockets H2WindowSize KeepAlive KeepAliveTimeout MaxKeepAliveRequests Protocol
			Protocols ProtocolsHonorOrder`),
		Why: "connections of clients; each request is balanced for itself",
	},
	{
		Names: strings.Fields(`Proxy100Continue ProxyExpressDBMFile ProxyExpressDBMType ProxyFCGIBackendType ProxyFCGISetEnvIf
			ProxyFtpDirCharset ProxyFtpEscapeWildcards ProxyFtpListOnWildcard ProxyHCExpr ProxyIOBufferSize
			ProxyReceiveBufferSize ProxySCGIInternalRedirect ProxySCGISendfile ProxySourceAddress ProxyWebsocketAsync
			ProxyWebsocketAsyncDelay ProxyWebsocketFallbackToProxyHttp ProxyWebsocketIdleTimeout`),
		Why: "connections to servers",
	},
	{
		Names: strings.Fields(`CacheDefaultExpire CacheDetailHeader CacheDirLength CacheDirLevels CacheDisable CacheHeader
			CacheIgnoreCacheControl CacheIgnoreHeaders CacheIgnoreNoLastMod CacheIgnoreQueryString
			CacheIgnoreURLSessionIdentifiers CacheKeyBaseURL CacheLastModifiedFactor CacheLock CacheLockMaxAge CacheLockPath
			CacheMaxExpire CacheMaxFileSize CacheMinExpire CacheMinFileSize CacheQuickHandler CacheReadSize CacheReadTime
			CacheRoot CacheSocache CacheSocacheMaxSize CacheSocacheMaxTime CacheSocacheMinTime CacheSocacheReadSize
			CacheSocacheReadTime CacheStaleOnError CacheStoreExpired CacheStoreNoStore CacheStorePrivate MemcacheConnTTL
			RedisConnPoolTTL RedisTimeout`),
		Why: "settings of httpd's cache; CacheEnable turns it on",
	},
	{
		Names: strings.Fields(`Session SessionCookieMaxAge SessionCookieName SessionCookieName2 SessionCookieRemove SessionCryptoCipher
			SessionCryptoDriver SessionCryptoPassphrase SessionCryptoPassphraseFile SessionDBDCookieName
			SessionDBDCookieName2 SessionDBDCookieRemove SessionDBDDeleteLabel SessionDBDInsertLabel SessionDBDPerUser
			SessionDBDSelectLabel SessionDBDUpdateLabel SessionEnv SessionExclude SessionExpiryUpdateInterval SessionHeader
			SessionInclude SessionMaxAge`),
		Why: "sessions of httpd itself; no member is chosen by them",
	},
	{
		Names: strings.Fields(`RemoteIPHeader RemoteIPInternalProxy RemoteIPInternalProxyList RemoteIPProxiesHeader RemoteIPProxyProtocol
			RemoteIPProxyProtocolExceptions RemoteIPTrustedProxy RemoteIPTrustedProxyList`),
		Why: "no method of balancing looks at the client's address",
	},
	{
		Names: strings.Fields(`LuaAuthzProvider LuaCodeCache LuaHookAccessChecker LuaHookAuthChecker LuaHookCheckUserID LuaHookTypeChecker
			LuaInherit LuaPackageCPath LuaPackagePath LuaRoot LuaScope MacroIgnoreBadNesting MacroIgnoreEmptyArgs`),
		Why: "settings of programs; the directives that run them are named",
	},
	{
		Names: strings.Fields(`worker.bad worker.cache_timeout worker.cachesize worker.connection_pool_minsize worker.connection_pool_timeout
			worker.css worker.doctype worker.good worker.lock worker.max_packet_size worker.mount worker.ns
			worker.prefer_ipv6 worker.prefix worker.read_only worker.recycle_timeout worker.secret
			worker.session_cookie_path worker.socket_keepalive worker.source worker.user worker.user_case_insensitive
			worker.xmlns`),
		Why: "an attribute of mod_jk that chooses no worker",
	},
}
