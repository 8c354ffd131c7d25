// ModelServer MODEL…: a server of models with an address of its own, for one executable file without .NET: dotnet publish -c Release -r linux-x64
using Espalier.Serving;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Services.AddEspalier(args); // loaded before the first request, and a wrong path ends the program here
WebApplication app = builder.Build();
app.MapEspalier(); // POST /v1/classify, the Open Inference Protocol at /v2 and over gRPC, /metrics, /openapi.json
app.MapGet("/", (EspalierService models) => $"POST a photo to /v1/classify. Models: {string.Join(", ", models.Models)}");
app.Run();
