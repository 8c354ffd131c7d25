using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>An activation by itself.</summary>
internal sealed class ActivationDeviceOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private readonly DeviceActivation _activation = new(((ActivationOp)node.Op).Activation);

    internal override void Forward(ForwardCall call) => Elementwise.Activate(Device, call.Inputs[0], _activation, call.Output);

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Elementwise.ActivationGradient(Device, call.Forward.Inputs[0], _activation, call.Gradient, target);
        }
    }
}

/// <summary>A sum of values.</summary>
internal sealed class AddOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    internal override bool HasEpilogue => true;

    internal override bool ReadsInputsBackward => false;

    internal override void Forward(ForwardCall call)
    {
        for (int i = 1; i < call.Inputs.Length; i++)
        {
            Elementwise.Add(Device, i == 1 ? call.Inputs[0] : call.Output, call.Inputs[i], i == call.Inputs.Length - 1 ? call.Activation : default, call.Output);
        }
    }

    internal override void Backward(BackwardCall call)
    {
        foreach (GradientTarget target in call.InputGradients)
        {
            if (target.IsNeeded)
            {
                Elementwise.Pass(Device, call.Gradient, 1, target);
            }
        }
    }
}
