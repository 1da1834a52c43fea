//! One module for each tag of the API, one function for each operation.
{% if modules %}

{% for module in modules %}
pub mod {{ module }};
{% endfor %}
{% endif %}
