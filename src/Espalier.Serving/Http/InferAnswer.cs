using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Espalier.Serving;

/// <summary>Writes the answer of an inference request: JSON, followed by the outputs that were requested in binary.</summary>
internal static class InferAnswer
{
    internal static async Task WriteAsync(HttpContext context, ServedModel model, InferRequest request, float[][] outputs)
    {
        Output[] wanted = [.. Wanted(model, request, outputs)];
        ReadOnlyMemory<byte> json = JsonAnswer.Of(writer => Write(writer, model, request, wanted));
        int binary = wanted.Where(output => output.Binary).Sum(output => output.Bytes);
        HttpResponse response = context.Response;
        response.ContentType = wanted.Any(output => output.Binary) ? "application/octet-stream" : JsonAnswer.ContentType;
        response.ContentLength = json.Length + binary;
        if (wanted.Any(output => output.Binary))
        {
            response.Headers[InferEndpoint.LengthHeader] = json.Length.ToString(CultureInfo.InvariantCulture);
        }

        await response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
        foreach (Output output in wanted.Where(output => output.Binary))
        {
            await response.Body.WriteAsync(MemoryMarshal.AsBytes(output.Values.AsSpan()).ToArray(), context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>The outputs that are answered, in the order of the request.</summary>
    private static IEnumerable<Output> Wanted(ServedModel model, InferRequest request, float[][] outputs)
    {
        int samples = (int)request.Inputs[0].Shape![0];
        IEnumerable<RequestedOutput> names = request.Outputs.Count > 0 ? request.Outputs : model.Outputs.Select(output => new RequestedOutput(output.Name, null));
        foreach (RequestedOutput name in names)
        {
            int place = model.Outputs.TakeWhile(output => output.Name != name.Name).Count();
            yield return new Output(name.Name, model.Outputs[place].Shape.Prepend(samples), outputs[place], name.Binary ?? request.BinaryOutput);
        }
    }

    private static void Write(Utf8JsonWriter json, ServedModel model, InferRequest request, Output[] wanted)
    {
        json.WriteString("model_name", model.Name);
        json.WriteString("model_version", model.Version);
        if (request.Id is not null)
        {
            json.WriteString("id", request.Id);
        }

        json.WriteStartArray("outputs");
        foreach (Output output in wanted)
        {
            json.WriteStartObject();
            json.WriteString("name", output.Name);
            json.WriteString("datatype", "FP32");
            json.WriteStartArray("shape");
            for (int i = 0; i < output.Shape.Rank; i++)
            {
                json.WriteNumberValue(output.Shape[i]);
            }

            json.WriteEndArray();
            WriteElements(json, output);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteElements(Utf8JsonWriter json, Output output)
    {
        if (output.Binary)
        {
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", output.Bytes);
            json.WriteEndObject();
            return;
        }

        json.WriteStartArray("data");
        foreach (float value in output.Values)
        {
            json.WriteNumberValue(value); // the shortest digits that give back its bits
        }

        json.WriteEndArray();
    }

    private sealed record Output(string Name, Shape Shape, float[] Values, bool Binary)
    {
        internal int Bytes => Values.Length * sizeof(float);
    }
}
