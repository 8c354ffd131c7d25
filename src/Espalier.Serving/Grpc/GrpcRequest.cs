using Espalier.Serving.Proto;
using Google.Protobuf;

namespace Espalier.Serving;

/// <summary>Reads the message of an inference call.</summary>
internal static class GrpcRequest
{
    /// <summary>Reads a message.</summary>
    /// <exception cref="ServingException">An input has its elements twice, not at all, or in the list of another datatype.</exception>
    internal static InferRequest Read(ModelInferRequest message)
    {
        bool raw = message.RawInputContents.Count > 0;
        if (raw && message.RawInputContents.Count != message.Inputs.Count)
        {
            throw ServingException.Invalid($"raw_input_contents has {message.RawInputContents.Count} tensors for {message.Inputs.Count} inputs");
        }

        var request = new InferRequest();
        if (message.Parameters.TryGetValue("timeout", out InferParameter? timeout))
        {
            request.SetTimeout(timeout.ParameterChoiceCase == InferParameter.ParameterChoiceOneofCase.Int64Param ? timeout.Int64Param : throw ServingException.Invalid("the parameter timeout is no int64; expected microseconds"));
        }

        for (int i = 0; i < message.Inputs.Count; i++)
        {
            request.Inputs.Add(Input(message.Inputs[i], raw ? message.RawInputContents[i] : null));
        }

        request.Outputs.AddRange(message.Outputs.Select(output => new RequestedOutput(output.Name, null)));
        return request;
    }

    private static InferTensor Input(ModelInferRequest.Types.InferInputTensor input, ByteString? raw)
    {
        var tensor = new InferTensor { Name = input.Name, Datatype = input.Datatype, Shape = [.. input.Shape] };
        if (raw is not null)
        {
            tensor.Bytes = input.Contents is null ? raw.Memory : throw ServingException.Invalid($"input {input.Name} has both contents and raw_input_contents; expected one of them");
            return tensor;
        }

        InferTensorContents contents = input.Contents ?? throw ServingException.Invalid($"input {input.Name} has neither contents nor raw_input_contents; expected one of them");
        bool bytes = input.Datatype == "UINT8";
        int used = bytes ? contents.UintContents.Count : contents.Fp32Contents.Count;
        int all = contents.BoolContents.Count + contents.IntContents.Count + contents.Int64Contents.Count + contents.UintContents.Count + contents.Uint64Contents.Count
            + contents.Fp32Contents.Count + contents.Fp64Contents.Count + contents.BytesContents.Count;
        if (used != all)
        {
            throw ServingException.Invalid($"input {input.Name} of the datatype {input.Datatype} has contents of another type; expected {(bytes ? "uint_contents" : "fp32_contents")}");
        }

        tensor.Values = bytes ? [.. contents.UintContents.Select(value => (float)value)] : [.. contents.Fp32Contents];
        return tensor;
    }
}
