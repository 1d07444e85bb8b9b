"""The comparison for the kraj as a document: one type, or the whole network."""

from portal.benchmarking.reports.region.documents import document_name, network_document, type_document

__all__ = ["document_name", "network_document", "type_document"]
