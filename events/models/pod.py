"""The pods of Argo Events: what they may do and use."""

from typing import Literal, Self

from events.models.base import Model, ObjectMeta

NON_ROOT_USER = 65532


class SeccompProfile(Model):
    """Which system calls a pod may make.

    Attributes:
        type: The kind of profile.
    """

    type: Literal["RuntimeDefault"] = "RuntimeDefault"


class PodSecurity(Model):
    """The security context of a pod, as the *restricted* standard asks.

    Attributes:
        run_as_non_root: Whether root is refused.
        run_as_user: The user.
        run_as_group: The group.
        fs_group: The group that owns its volumes.
        seccomp_profile: Which system calls it may make.
    """

    run_as_non_root: Literal[True] = True
    run_as_user: int = NON_ROOT_USER
    run_as_group: int = NON_ROOT_USER
    fs_group: int = NON_ROOT_USER
    seccomp_profile: SeccompProfile = SeccompProfile()


class Capabilities(Model):
    """The privileges that a container gives up.

    Attributes:
        drop: Their names.
    """

    drop: tuple[str, ...] = ("ALL",)


class ContainerSecurity(Model):
    """The security context of a container.

    Attributes:
        allow_privilege_escalation: Whether it can gain privileges.
        capabilities: The privileges that it gives up.
        read_only_root_filesystem: Whether its image is read-only.
    """

    allow_privilege_escalation: Literal[False] = False
    capabilities: Capabilities = Capabilities()
    read_only_root_filesystem: Literal[True] = True


class Amounts(Model):
    """Processor time and memory, in Kubernetes' notation.

    Attributes:
        cpu: The processor time.
        memory: The memory.
    """

    cpu: str
    memory: str


class Resources(Model):
    """What a container asks for and may use at most.

    Attributes:
        requests: What it asks for.
        limits: What it may use at most.
    """

    requests: Amounts
    limits: Amounts

    @classmethod
    def of(
        cls, *, cpu: str, memory: str, cpu_limit: str, memory_limit: str
    ) -> Self:
        """Makes the resources of a container.

        Args:
            cpu: Requested processor time.
            memory: Requested memory.
            cpu_limit: The most processor time.
            memory_limit: The most memory.

        Returns:
            The resources.
        """
        return cls(
            requests=Amounts(cpu=cpu, memory=memory),
            limits=Amounts(cpu=cpu_limit, memory=memory_limit),
        )


class ContainerTemplate(Model):
    """A container that Argo Events makes.

    Attributes:
        resources: What it may use.
        security_context: What it may do.
    """

    resources: Resources
    security_context: ContainerSecurity = ContainerSecurity()


class PodTemplate(Model):
    """The pod of an EventSource or a Sensor.

    Attributes:
        metadata: The labels of the pod.
        service_account_name: Its account.
        security_context: What it may do.
        container: Its container.
    """

    metadata: ObjectMeta
    service_account_name: str
    security_context: PodSecurity = PodSecurity()
    container: ContainerTemplate
