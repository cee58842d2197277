"""The organizers' pages for what this app keeps."""

from conferences.admin.conference import ConferenceAdmin
from conferences.admin.organization import OrganizationAdmin
from conferences.admin.user import SiteUserAdmin

__all__ = ["ConferenceAdmin", "OrganizationAdmin", "SiteUserAdmin"]
