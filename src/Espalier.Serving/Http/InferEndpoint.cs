using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace Espalier.Serving;

/// <summary><c>POST /v2/models/{model}[/versions/{version}]/infer</c>: JSON tensors, or binary ones after the JSON.</summary>
internal sealed class InferEndpoint(ModelCatalog catalog, ServingOptions options)
{
    internal const string LengthHeader = "Inference-Header-Content-Length";

    internal async Task Answer(HttpContext context)
    {
        RequestRecord record = context.Features.GetRequiredFeature<RequestRecord>();
        using ModelCatalog.Lease lease = catalog.Use((string?)context.GetRouteValue("model"), (string?)context.GetRouteValue("version"));
        ServedModel model = lease.Model;
        (record.Model, record.Version) = (model.Name, model.Version);
        model.RequireRoom();
        using RequestBody body = await RequestBody.ReadAsync(context.Request.Body, options.MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        InferRequest request = Read(context.Request, model, body.Bytes);
        using var limit = new TimeLimit(TimeOf(context.Request, request), context.RequestAborted);
        float[][] outputs = await ModelRunner.InferAsync(model, request, record, limit).ConfigureAwait(false);
        await InferAnswer.WriteAsync(context, model, request, outputs).ConfigureAwait(false);
    }

    private static InferRequest Read(HttpRequest request, ServedModel model, ReadOnlyMemory<byte> body)
    {
        string header = request.Headers[LengthHeader].ToString();
        if (header.Length == 0)
        {
            return InferJson.Read(body.Span, default);
        }

        if (!int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > body.Length)
        {
            throw ServingException.Invalid($"the header {LengthHeader} is '{header}'; expected the length of the JSON, at most that of the body ({body.Length})");
        }

        return length == 0 ? Raw(model, body) : InferJson.Read(body.Span[..length], body[length..]);
    }

    /// <summary>A body without JSON: the one input in binary, and binary outputs.</summary>
    private static InferRequest Raw(ServedModel model, ReadOnlyMemory<byte> body)
    {
        int sample = model.SampleLength * sizeof(float);
        return body.Length > 0 && body.Length % sample == 0
            ? new InferRequest
            {
                BinaryOutput = true,
                Inputs = { new InferTensor { Name = model.InputName, Datatype = "FP32", Bytes = body, Shape = [body.Length / sample, .. Enumerable.Range(0, model.Sample.Rank).Select(i => (long)model.Sample[i])] } },
            }
            : throw ServingException.Invalid($"the body has {body.Length} bytes; expected a multiple of {sample}, the bytes of one sample");
    }

    /// <summary>The shorter of the two times that a client can give.</summary>
    private static TimeSpan? TimeOf(HttpRequest http, InferRequest request)
    {
        TimeSpan? header = ClassifyEndpoint.TimeOf(http);
        return header < request.Timeout || request.Timeout is null ? header : request.Timeout;
    }
}
