// Espalier.Bench.OnnxRuntime.Server MODEL.onnx ADDRESS THREADS CHANNELS HEIGHT WIDTH: the peer of 'espalier serve'. POST /infer with one input in binary answers its output in binary.
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

using var options = new SessionOptions
{
    IntraOpNumThreads = int.Parse(args[2], CultureInfo.InvariantCulture),
    InterOpNumThreads = 1,
    ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
    GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
};
options.AddFreeDimensionOverrideByName("batch", 1); // with every size known, it optimizes best
using var session = new InferenceSession(args[0], options);
using var run = new RunOptions();
long[] shape = [1, .. args[3..].Select(extent => long.Parse(extent, CultureInfo.InvariantCulture))];
int length = (int)shape.Aggregate(1L, (product, extent) => product * extent);
(string[] inputs, string[] outputs) = ([.. session.InputNames], [.. session.OutputNames]);
using var one = new SemaphoreSlim(1); // its threads compute one request at a time, as those of 'espalier serve' one batch

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls(args[1]);
WebApplication app = builder.Build();
app.MapPost("/infer", async (HttpContext context) =>
{
    float[] input = new float[length];
    using var body = new MemoryStream();
    await context.Request.Body.CopyToAsync(body, context.RequestAborted);
    if (body.Length != length * sizeof(float))
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }

    MemoryMarshal.Cast<byte, float>(body.GetBuffer().AsSpan(0, (int)body.Length)).CopyTo(input);
    await one.WaitAsync(context.RequestAborted);
    byte[] output;
    try
    {
        output = await Task.Run(() => Infer(input));
    }
    finally
    {
        one.Release();
    }

    context.Response.ContentType = "application/octet-stream";
    await context.Response.Body.WriteAsync(output, context.RequestAborted);
});
await app.StartAsync();
Console.Out.WriteLine($"onnxruntime {OrtEnv.Instance().GetVersionString()} at {app.Urls.Single()}");
await app.WaitForShutdownAsync();

byte[] Infer(float[] input)
{
    using OrtValue value = OrtValue.CreateTensorValueFromMemory(input, shape);
    using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, inputs, [value], outputs);
    return MemoryMarshal.AsBytes(results[0].GetTensorDataAsSpan<float>()).ToArray();
}
