#pragma once

#include "dialects/ftp_session.hpp"

namespace attache::dialects::slm_3 {

/// The FTP of SLM 2.x and 3.x (reference slm-3.1/ftp-tftp.md): of a download
/// the first bytes are kept, as they are.
const FtpRules& ftp_rules();

}  // namespace attache::dialects::slm_3
