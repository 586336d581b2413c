#pragma once

#include "dialects/ftp_session.hpp"

namespace attache::dialects::slm_1 {

/// The FTP of SLM 1.x (reference slm-1.6/ftp.md): a download is kept as
/// FtpDownloadStore does.
const FtpRules& ftp_rules();

}  // namespace attache::dialects::slm_1
