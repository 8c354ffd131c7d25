using Espalier.Onnx.Proto;
using Google.Protobuf;

namespace Espalier.Onnx.Tests;

public sealed class ProtoTests
{
    [Fact]
    public void A_model_reads_back_as_written()
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "g" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        ModelProto read = ModelProto.Parser.ParseFrom(model.ToByteArray());
        Assert.Equal(model, read);
        Assert.Equal([0x08, 8, 0x3a, 3, 0x12, 1, (byte)'g', 0x42, 2, 0x10, 17], model.ToByteArray());
    }
}
