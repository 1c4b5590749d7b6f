"""Companies made up, or made from a usage file, to try Tieout on.

Belongs here: the demo company (its contract book, generator and labelled faults) and the company
made for a usage file.
Does not: anything that a real company's run needs.
"""

from ingestion.demo_company.company_folder import write_demo
from ingestion.demo_company.usage_company import write_usage_company

__all__ = ["write_demo", "write_usage_company"]
