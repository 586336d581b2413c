#pragma once

#include "dialects/sms_session.hpp"

namespace attache::dialects::slm_1 {

/// The SMS session of SLM 1.6 (reference slm-1.6/sms.md).
class SmsSession final : public dialects::SmsSession {
 public:
  explicit SmsSession(Application& application) : dialects::SmsSession(application, {}) {}
};

}  // namespace attache::dialects::slm_1
