// The page at /docs: Swagger UI over the REST addresses' own description.

import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';

SwaggerUI({ dom_id: '#docs', url: 'openapi.json', validatorUrl: null, tryItOutEnabled: true });
